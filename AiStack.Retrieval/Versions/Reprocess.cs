using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.Retrieval.VectorStores;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>
/// Has all files of a store cut anew, beside it: in a hidden store that takes the place of what is there once all of it
/// is made (<see cref="SwitchStoreHandler"/>). Until then searches are of the store as it was.
/// </summary>
internal static class Reprocess
{
    public static async Task<IResult> HandleAsync(
        string id, Request request, Caller caller, NpgsqlDataSource database, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (request.ChunkingStrategy is null)
        {
            return new Fault(
                FaultCode.InvalidArgument, "'chunking_strategy' must say how files are to be cut.", "chunking_strategy")
                .ToResult();
        }

        if (!ChunkingStrategyParam.Parse(request.ChunkingStrategy).TryGet(out var chunking, out var wrong))
        {
            return wrong.ToResult();
        }

        // As for putting files into a store: what is in it can be read there.
        if (caller.FindLack(Scopes.FilesRead, "Reading files again", "chunking_strategy") is { } lack)
        {
            return lack.ToResult();
        }

        var outcome = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                var found = await StoreRows.FindToChangeAsync(connection, id, cancellationToken);
                return found.TryGet(out var store, out var fault)
                    ? await BeginAsync(connection, caller, store, chunking, time.GetUtcNow(), cancellationToken)
                    : fault;
            },
            cancellationToken);
        return outcome.TryGet(out var begun, out var fault) ? TypedResults.Ok(begun) : fault.ToResult();
    }

    private static async Task<Outcome<ReprocessObject>> BeginAsync(
        NpgsqlConnection connection, Caller caller, Id<VectorStore> store, StaticChunking chunking,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        await connection.LockAsync(store, cancellationToken);
        if (await ReprocessObject.FindAsync(connection, store, cancellationToken) is { } running)
        {
            return new Fault(
                FaultCode.Conflict, $"The store is being reprocessed since {running.CreatedAt:O}. Cancel that first.");
        }

        var hidden = Id<VectorStore>.New();
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.vector_store (
                id, project_id, name, metadata, created_at, last_active_at, version, privacy, quality, synonyms,
                synonyms_at, snapshot_of, snapshot_kind, snapshot_version, snapshot_files)
            select {hidden}, project_id, name, metadata, {now}, {now}, 1, privacy, quality, synonyms,
                   synonyms_at, id, {SnapshotObject.Reprocessing}, version, 0
            from retrieval.vector_store
            where id = {store}
            """, cancellationToken);
        var files = await connection.ListAsync(
            $"""
            insert into retrieval.store_file (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, attributes, principals,
                created_at)
            select {hidden}, file_id, project_id, 'in_progress', {chunking.MaxChunkSizeTokens},
                   {chunking.ChunkOverlapTokens}, attributes, principals, created_at
            from retrieval.store_file
            where vector_store_id = {store} and state = 'completed' and removed_at is null
            order by file_id
            returning file_id
            """,
            row => new ProcessFile(
                hidden, new(row.GetGuid(0)), chunking.MaxChunkSizeTokens, chunking.ChunkOverlapTokens),
            cancellationToken,
            StatementLimits.Long);
        await WorkQueue.EnqueueAllAsync(connection, caller.ProjectId, ProcessFile.Queue, files, cancellationToken);
        await WorkQueue.EnqueueAsync(
            connection, caller.ProjectId, SwitchStore.Queue, new SwitchStore(store, hidden), cancellationToken);
        return (await ReprocessObject.FindAsync(connection, store, cancellationToken))!;
    }

    /// <param name="ChunkingStrategy">As for a file that is attached, but it must be said.</param>
    internal sealed record Request(ChunkingStrategyParam? ChunkingStrategy = null);
}

/// <summary>How far it is.</summary>
internal static class GetReprocess
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out var fault))
        {
            return fault.ToResult();
        }

        return await ReprocessObject.FindAsync(connection, store, cancellationToken) is { } running
            ? TypedResults.Ok(running)
            : ReprocessObject.NotFound(id).ToResult();
    }
}

/// <summary>Ends it; the store stays as it is.</summary>
internal static class CancelReprocess
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out var fault))
        {
            return fault.ToResult();
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var running = await ReprocessObject.FindAsync(connection, store, cancellationToken);
        if (running is not null)
        {
            await StoreWork.EndAllAsync(connection, running.MadeIn, cancellationToken);
        }

        var gone = running is null ? 0 : await connection.ExecuteAsync(
            $"delete from retrieval.vector_store where id = {running.MadeIn}", cancellationToken,
            StatementLimits.Background);
        await transaction.CommitAsync(cancellationToken);
        return gone == 1
            ? TypedResults.Ok(new Deletion(id, "vector_store.reprocess.cancelled"))
            : ReprocessObject.NotFound(id).ToResult();
    }
}

/// <summary>That a store is being reprocessed, and how far that is.</summary>
/// <param name="MadeIn">The hidden store in which it is made.</param>
/// <param name="Completed">Files that are made, with their vectors.</param>
/// <param name="Failed">Files that cannot be made: of these the store keeps what it has.</param>
/// <param name="Error">Why it will not take the store's place, and is to be cancelled; null while it goes on.</param>
internal sealed record ReprocessObject(
    Id<VectorStore> VectorStoreId, Id<VectorStore> MadeIn, DateTimeOffset CreatedAt, int InProgress, int Completed,
    int Failed, string? Error)
{
    public string Object { get; } = "vector_store.reprocess";

    public static Fault NotFound(string id) =>
        new(FaultCode.NotFound, $"The vector store '{id}' is not being reprocessed.", "vector_store_id");

    public static Task<ReprocessObject?> FindAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select s.id, s.created_at, f.total - f.completed - f.failed, f.completed, f.failed,
                   s.description
            from retrieval.vector_store s
            cross join lateral (
                select count(*)::int as total,
                       count(*) filter (where state = 'completed' and is_embedded and has_sentences)::int as completed,
                       count(*) filter (where state in ('failed', 'cancelled'))::int as failed
                from retrieval.store_file
                where vector_store_id = s.id and removed_at is null
            ) f
            where s.snapshot_of = {store} and s.snapshot_kind = {SnapshotObject.Reprocessing}
            """,
            row => new ReprocessObject(
                store, new(row.GetGuid(0)), row.GetFieldValue<DateTimeOffset>(1), row.GetInt32(2), row.GetInt32(3),
                row.GetInt32(4), row.IsDBNull(5) ? null : row.GetString(5)),
            cancellationToken);
}
