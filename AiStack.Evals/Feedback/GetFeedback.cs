using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Evals.Feedback;

internal static class GetFeedback
{
    public static async Task<IResult> HandleAsync(
        string feedbackId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<UserFeedback>.TryParse(feedbackId, null, out var id))
        {
            return FeedbackEndpoints.Unknown.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var feedback = await connection.FirstOrDefaultAsync(
            $"""
            select id, completion_id, api, verdict, correction, comment, author, created_at, updated_at
            from evals.feedback
            where id = {id}
            """,
            FeedbackView.Read,
            cancellationToken);
        return feedback is null ? FeedbackEndpoints.Unknown.ToResult() : TypedResults.Ok(feedback);
    }
}

/// <summary>Takes feedback back, as if nothing had been said.</summary>
internal static class DeleteFeedback
{
    public static async Task<IResult> HandleAsync(
        string feedbackId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<UserFeedback>.TryParse(feedbackId, null, out var id))
        {
            return FeedbackEndpoints.Unknown.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var deleted = await connection.ExecuteAsync($"delete from evals.feedback where id = {id}", cancellationToken);
        return deleted == 0
            ? FeedbackEndpoints.Unknown.ToResult()
            : TypedResults.Ok(new Deletion(id, "feedback.deleted", true));
    }

    internal sealed record Deletion(Id<UserFeedback> Id, string Object, bool Deleted);
}
