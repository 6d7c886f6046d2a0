using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Starts runs whose time has come. Each replica looks; the one that moves a source's next time on starts its run. What
/// was missed while nobody looked, or when the clock was set ahead, is one run; a clock that was set back delays none.
/// </summary>
internal sealed partial class SourceScheduler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, IOptions<SourceOptions> options,
    TimeProvider time, ILogger<SourceScheduler> logger)
    : LastingService(logger)
{
    private const int MaxTogether = 100;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CheckEvery, time);
        var isCutOff = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
                isCutOff = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!isCutOff)
                {
                    Delayed(logger, exception.Message);
                    isCutOff = true;
                }
            }
        }
    }

    /// <summary>Starts what is due, and returns how many runs that were.</summary>
    internal async Task<int> CheckAsync(CancellationToken cancellationToken)
    {
        // No request asked for this: a trace every few seconds would only be in the way.
        using var silence = SuppressInstrumentationScope.Begin();
        var now = time.GetUtcNow();
        List<Due> due;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            due = await connection.ListAsync(
                $"""
                select id, project_id, schedule, time_zone, next_run_at
                from ingest.due_sources({now}, {MaxTogether})
                """,
                row => new Due(
                    new(row.GetGuid(0)), new(row.GetGuid(1)), row.GetString(2), row.GetString(3),
                    row.GetFieldValue<DateTimeOffset>(4)),
                cancellationToken);
        }

        var started = 0;
        foreach (var source in due)
        {
            started += await StartAsync(source, now, cancellationToken) ? 1 : 0;
        }

        return started;
    }

    private Task<bool> StartAsync(Due due, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            due.ProjectId,
            async connection =>
            {
                // After a dry run, which reads but changes nothing, its turn comes.
                var rows = await connection.ExecuteAsync(
                    $"""
                    update ingest.source
                    set next_run_at = {Schedule.Next(due.Schedule, due.TimeZone, now)}, scheduled_at = {now}
                    where id = {due.Id} and next_run_at = {due.At}
                      and not exists (
                          select from ingest.source_run
                          where source_id = {due.Id} and state = 'running' and dry_run)
                    """, cancellationToken);
                return rows == 1 && due.At <= now && await StartRun.RunAsync(
                    connection, due.ProjectId, due.Id, StartRun.BySchedule, now, cancellationToken) is not null;
            },
            cancellationToken);

    private sealed record Due(
        Id<Source> Id, Id<Project> ProjectId, string Schedule, string TimeZone, DateTimeOffset At);

    [LoggerMessage(1, LogLevel.Warning, "Sources whose time has come wait until the database is back: {Reason}")]
    private static partial void Delayed(ILogger logger, string reason);
}
