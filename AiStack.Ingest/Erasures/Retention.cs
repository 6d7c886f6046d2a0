using AiStack.Contracts;
using AiStack.Ingest.Holds;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>How many days a project keeps what it has; null: for ever.</summary>
internal sealed record RetentionDays(int? AnswersDays = null, int? FilesDays = null, int? FeedbackDays = null)
{
    public const int Max = 36_500;

    public string Object { get; } = "retention";

    public static RetentionDays Read(NpgsqlDataReader row, int first = 0) =>
        new(Days(row, first), Days(row, first + 1), Days(row, first + 2));

    private static int? Days(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
}

internal static class GetRetention
{
    public static async Task<IResult> HandleAsync(
        Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var days = await connection.FirstOrDefaultAsync(
            $"select answers_days, files_days, feedback_days from ingest.retention",
            row => RetentionDays.Read(row),
            cancellationToken);
        return TypedResults.Ok(days ?? new());
    }
}

/// <summary>Sets how long a project keeps what it has. What is too old by it goes within a day.</summary>
internal static class SetRetention
{
    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, NpgsqlDataSource database, TimeProvider time,
        CancellationToken cancellationToken)
    {
        foreach (var (name, days) in new[]
        {
            ("answers_days", request.AnswersDays), ("files_days", request.FilesDays),
            ("feedback_days", request.FeedbackDays),
        })
        {
            if (days is < 1 or > RetentionDays.Max)
            {
                return NameLimits.Wrong($"'{name}' must be from 1 to {RetentionDays.Max}, or null for ever.", name)
                    .ToResult();
            }
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var set = await connection.FirstOrDefaultAsync(
            $"""
            insert into ingest.retention (
                project_id, answers_days, files_days, feedback_days, updated_at, updated_by)
            values ({caller.ProjectId}, {request.AnswersDays}::int, {request.FilesDays}::int,
                    {request.FeedbackDays}::int, {time.GetUtcNow()}, {caller.KeyId?.ToString() ?? "service"})
            on conflict (project_id) do update
            set answers_days = excluded.answers_days, files_days = excluded.files_days,
                feedback_days = excluded.feedback_days, updated_at = excluded.updated_at,
                updated_by = excluded.updated_by, swept_at = null
            returning answers_days, files_days, feedback_days
            """,
            row => RetentionDays.Read(row),
            cancellationToken);
        return TypedResults.Ok(set);
    }

    internal sealed record Request(int? AnswersDays = null, int? FilesDays = null, int? FeedbackDays = null);
}

/// <summary>
/// Has what is too old erased, once a day for each project: an erasure by age, with its receipt. Of any number of
/// replicas one sees to a project.
/// </summary>
internal sealed class SweepRetention(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time,
    ILogger<SweepRetention> logger)
    : LastingService(logger)
{
    private const int ProjectsAtOnce = 100;

    private static readonly TimeSpan _look = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _every = TimeSpan.FromDays(1);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_look, time);
        do
        {
            while (await SweepAsync(stoppingToken) == ProjectsAtOnce)
            {
                // There are more.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Begins what is due; how many erasures that are.</summary>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        return await database.InTransactionAsync(
            async connection =>
            {
                var due = await connection.ListAsync(
                    $"""
                    select project_id, answers_days, files_days, feedback_days, at
                    from ingest.take_retention({_every}, {ProjectsAtOnce})
                    """,
                    row => (
                        Project: new Id<Project>(row.GetGuid(0)), Days: RetentionDays.Read(row, 1),
                        At: row.GetFieldValue<DateTimeOffset>(4)),
                    cancellationToken);
                foreach (var (project, days, now) in due)
                {
                    await connection.ExecuteAsync(
                        $"select set_config('aistack.project_id', {project.Value.ToString()}, true)",
                        cancellationToken);
                    var criteria = new ErasureCriteria(
                        ErasureCriteria.Age, AnswersBefore: Before(now, days.AnswersDays),
                        FilesBefore: Before(now, days.FilesDays), FeedbackBefore: Before(now, days.FeedbackDays));
                    await CreateErasure.InsertAsync(
                        connection, project, Id<Erasure>.New(), criteria,
                        null, [], "Retention", "retention", isDryRun: false, isSweep: true, now, cancellationToken);
                }

                return due.Count;
            },
            cancellationToken);
    }

    private static DateTimeOffset? Before(DateTimeOffset now, int? days) =>
        days is { } kept ? now.AddDays(-kept) : null;
}
