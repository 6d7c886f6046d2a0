using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Feedback;

/// <summary>Counts the verdicts on answers, since a moment or in all.</summary>
internal static class CountFeedback
{
    public static async Task<IResult> HandleAsync(
        string? since, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!new FeedbackQuery(null, since, null, null).Read().TryGet(out var filter, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return TypedResults.Ok(await connection.FirstOrDefaultAsync(
            $"""
            select count(*) filter (where verdict = 'up'), count(*) filter (where verdict = 'down'), count(correction)
            from evals.feedback
            where {filter.Since}::timestamptz is null or updated_at >= {filter.Since}
            """,
            row => new Counts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
            cancellationToken));
    }

    internal sealed record Counts(long Up, long Down, long Corrections)
    {
        public string Object { get; } = "feedback.counts";

        public long Total => Up + Down;
    }
}
