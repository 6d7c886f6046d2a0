using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Starts a run. When one is running, that is the answer: two requests are one run. It cannot be a dry one where none
/// was asked for, or the other way about.
/// </summary>
internal static class CreateSourceRun
{
    public static async Task<IResult> HandleAsync(
        string id,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Id<Source>.TryParse(id, null, out var sourceId))
        {
            return SourceEndpoints.NotFound(id).ToResult();
        }

        var outcome = await database.InTransactionAsync(
            caller.ProjectId,
            connection => RunAsync(connection, caller, sourceId, request, time.GetUtcNow(), cancellationToken),
            cancellationToken);
        return outcome.TryGet(out var run, out var fault)
            ? TypedResults.Created($"/api/sources/{id}/runs/{run.Id}", run)
            : fault.ToResult();
    }

    private static async Task<Outcome<SourceRunObject>> RunAsync(
        NpgsqlConnection connection, Caller caller, Id<Source> source, Request request, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var id = await StartRun.RunAsync(
                connection, caller.ProjectId, source, StartRun.ByHand, now, cancellationToken, request.DryRun,
                request.AllowRemovals)
            ?? await RunningAsync(connection, source, request, cancellationToken);
        if (id is null)
        {
            return SourceEndpoints.NotFound(source.ToString());
        }

        var run = (await SourceRunObject.FindAsync(connection, id.Value, cancellationToken))!;
        return run.DryRun == request.DryRun
            ? run
            : new Fault(
                FaultCode.Conflict,
                $"A {(run.DryRun ? "dry run" : "run")} of this source is running: {run.Id}. Wait for it, or cancel it.",
                "dry_run");
    }

    private static Task<Id<SourceRun>?> RunningAsync(
        NpgsqlConnection connection, Id<Source> source, Request request, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            update ingest.source_run run
            set allow_removals = run.allow_removals or ({request.AllowRemovals} and not {request.DryRun})
            from ingest.source source
            where run.source_id = {source} and run.state = 'running' and source.id = run.source_id
              and source.deleted_at is null
            returning run.id
            """,
            row => (Id<SourceRun>?)new Id<SourceRun>(row.GetGuid(0)),
            cancellationToken);

    /// <param name="DryRun">Lists what would change, and changes nothing.</param>
    /// <param name="AllowRemovals">Lets the run remove more than half of what is known.</param>
    internal sealed record Request(bool DryRun = false, bool AllowRemovals = false);
}

/// <summary>Lists the runs of a source, newest first.</summary>
internal static class ListSourceRuns
{
    public static async Task<IResult> HandleAsync(
        string id, [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<SourceRun>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!Id<Source>.TryParse(id, null, out var source)
            || await SourceObject.FindAsync(connection, source, cancellationToken) is null)
        {
            return SourceEndpoints.NotFound(id).ToResult();
        }

        var runs = await connection.ListAsync(
            $"""
            select id, source_id, trigger, dry_run, allow_removals, state, found, added, changed, renamed, removed,
                   unchanged, failed, bytes, missed, error, created_at, started_at, finished_at
            from ingest.source_run
            where source_id = {source}
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            SourceRunObject.Read,
            cancellationToken);
        return TypedResults.Ok(page.Of(runs, run => run.Id.ToString()));
    }
}

internal static class GetSourceRun
{
    public static async Task<IResult> HandleAsync(
        string id, string runId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var outcome = await FindAsync(connection, id, runId, cancellationToken);
        return outcome.TryGet(out var run, out var fault) ? TypedResults.Ok(run) : fault.ToResult();
    }

    public static async Task<Outcome<SourceRunObject>> FindAsync(
        NpgsqlConnection connection, string id, string runId, CancellationToken cancellationToken) =>
        Id<SourceRun>.TryParse(runId, null, out var parsed)
            && await SourceRunObject.FindAsync(connection, parsed, cancellationToken) is { } run
            && run.SourceId.ToString() == id
            ? run
            : new Fault(FaultCode.NotFound, $"There is no run '{runId}' of this source.", "run_id");
}

/// <summary>Ends a run early. What it did so far stays.</summary>
internal static class CancelSourceRun
{
    public static async Task<IResult> HandleAsync(
        string id, string runId, Caller caller, NpgsqlDataSource database, TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var found = await GetSourceRun.FindAsync(connection, id, runId, cancellationToken);
        if (!found.TryGet(out var run, out var fault))
        {
            return fault.ToResult();
        }

        var rows = await connection.ExecuteAsync(
            $"""
            update ingest.source_run
            set state = 'cancelled', finished_at = {time.GetUtcNow()}
            where id = {run.Id} and state = 'running'
            """, cancellationToken);
        run = (await SourceRunObject.FindAsync(connection, run.Id, cancellationToken))!;
        return rows == 1 || run.Status == "cancelled"
            ? TypedResults.Ok(run)
            : new Fault(FaultCode.Conflict, $"A run that is '{run.Status}' cannot be cancelled.", "run_id").ToResult();
    }
}
