using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// Has a store's files in sight read again: those that failed, or those that an older parser read. A completed file is
/// found as it was until the new reading is indexed; then that takes its place.
/// </summary>
internal static class ReadAgain
{
    /// <summary>Files of one call; the answer says whether there are more.</summary>
    private const int MaxFiles = 2_000;

    public static async Task<IResult> HandleAsync(
        string id,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (request.Files is not ("failed" or "outdated"))
        {
            return new Fault(FaultCode.InvalidArgument, "'files' must be 'failed' or 'outdated'.", "files").ToResult();
        }

        // As for putting files into a store: what is in it can be read there.
        if (caller.FindLack(Scopes.FilesRead, "Reading files again", "files") is { } lack)
        {
            return lack.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        var sight = Sight.Of(caller);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var files = request.Files == "failed"
            ? await FailedAsync(connection, storeId, sight, cancellationToken)
            : await OutdatedAsync(connection, storeId, sight, cancellationToken);
        await WorkQueue.EnqueueAllAsync(connection, caller.ProjectId, ProcessFile.Queue, files, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(new Response(files.Count, files.Count == MaxFiles));
    }

    private static Task<List<ProcessFile>> FailedAsync(
        NpgsqlConnection connection, Id<VectorStore> store, Sight sight, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            update retrieval.store_file
            set state = 'in_progress', error_code = null, error_message = null
            where vector_store_id = {store} and file_id in (
                select file_id
                from retrieval.store_file
                where vector_store_id = {store} and removed_at is null and state = 'failed'
                  and ({sight.OfAll} or principals is null or principals && {sight.Principals})
                order by file_id
                limit {MaxFiles}
                for update)
            returning file_id, max_chunk_tokens, overlap_tokens
            """,
            row => Work(store, row),
            cancellationToken);

    private static Task<List<ProcessFile>> OutdatedAsync(
        NpgsqlConnection connection, Id<VectorStore> store, Sight sight, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select file_id, max_chunk_tokens, overlap_tokens
            from retrieval.store_file
            where vector_store_id = {store} and removed_at is null and state = 'completed'
              and pipeline is distinct from {ProcessFile.Pipeline}
              and ({sight.OfAll} or principals is null or principals && {sight.Principals})
            order by file_id
            limit {MaxFiles}
            """,
            row => Work(store, row),
            cancellationToken);

    private static ProcessFile Work(Id<VectorStore> store, NpgsqlDataReader row) =>
        new(store, new(row.GetGuid(0)), row.GetInt32(1), row.GetInt32(2));

    /// <param name="Files"><c>failed</c> or <c>outdated</c>.</param>
    internal sealed record Request(string? Files = null);

    /// <param name="Count">How many files are read again.</param>
    /// <param name="HasMore">Whether there may be more: call again when these are done.</param>
    internal sealed record Response(int Count, bool HasMore);
}
