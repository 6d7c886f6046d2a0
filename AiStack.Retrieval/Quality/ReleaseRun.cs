using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Quality;

/// <summary>
/// Has a quarantined run indexed, once: the reason, who and when are kept. Of two who release it one is told that it
/// is no longer in quarantine.
/// </summary>
internal static class ReleaseRun
{
    public const int MaxReasonLength = 1_000;

    public static async Task<IResult> HandleAsync(
        string id, string runId, Request request, Caller caller, NpgsqlDataSource database, StandInKeys keys,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReasonLength)
        {
            return new Fault(
                FaultCode.InvalidArgument, $"'reason' must say why, in 1 to {MaxReasonLength} characters.", "reason")
                .ToResult();
        }

        var outcome = await database.InTransactionAsync(
            caller.ProjectId,
            connection => RunAsync(
                connection, id, runId, request.Reason, caller, keys.Of(caller.ProjectId), time.GetUtcNow(),
                cancellationToken),
            cancellationToken);
        return outcome.TryGet(out var run, out var fault) ? TypedResults.Ok(run) : fault.ToResult();
    }

    private static async Task<Outcome<RunObject>> RunAsync(
        NpgsqlConnection connection, string id, string runId, string reason, Caller caller, StandIns standIns,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await RunObject.FindAsync(
            connection, id, runId, Sight.Of(caller), standIns, cancellationToken);
        if (!found.TryGet(out var run, out var fault))
        {
            return fault;
        }

        // The file's row first, as indexing locks them.
        await connection.ExecuteAsync(
            $"""
            select from retrieval.store_file
            where vector_store_id = {run.VectorStoreId} and file_id = {run.FileId}
            for update
            """, cancellationToken);
        var work = await connection.FirstOrDefaultAsync(
            $"""
            update retrieval.quality_run
            set status = 'releasing', released_at = {now}, released_by = {caller.KeyId?.Value},
                release_reason = {reason}
            where id = {run.Id} and status = 'quarantined'
            returning work
            """,
            row => row.GetString(0),
            cancellationToken);
        if (work is null)
        {
            return new Fault(
                FaultCode.Conflict, $"The run '{runId}' is not in quarantine: it was released or judged anew.");
        }

        await connection.ExecuteAsync(
            $"""
            update retrieval.store_file
            set state = 'in_progress', error_code = null, error_message = null
            where vector_store_id = {run.VectorStoreId} and file_id = {run.FileId} and state = 'failed'
            """, cancellationToken);
        await WorkQueue.EnqueueAsync(
            connection, caller.ProjectId, FileProcessed.Queue, SetQuality.ReadWork(work), cancellationToken);
        return await RunObject.FindAsync(connection, id, runId, Sight.Of(caller), standIns, cancellationToken);
    }

    /// <param name="Reason">Why, for whoever asks later.</param>
    internal sealed record Request(string? Reason = null);
}
