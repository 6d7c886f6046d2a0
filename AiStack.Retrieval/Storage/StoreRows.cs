using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.Storage;

/// <summary>What several use cases do to the rows of a store and its files.</summary>
internal static class StoreRows
{
    public static Fault NotFound(string id) =>
        new(FaultCode.NotFound, $"There is no vector store '{id}'.", "vector_store_id");

    public static Fault Expired(string id) =>
        new(
            FaultCode.InvalidArgument,
            $"The vector store '{id}' has expired: it was not used for as long as it says.",
            "vector_store_id");

    public static Fault FileNotFound(string fileId) =>
        new(FaultCode.NotFound, $"There is no file '{fileId}' in this vector store.", "file_id");

    /// <summary>The store's id, if the project has such a store.</summary>
    public static async Task<Outcome<Id<VectorStore>>> FindAsync(
        NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        if (!Id<VectorStore>.TryParse(id, null, out var storeId))
        {
            return NotFound(id);
        }

        var exists = await connection.FirstOrDefaultAsync(
            $"""
            select true
            from retrieval.vector_store
            where id = {storeId} and snapshot_kind is distinct from 'reprocessing'
            """,
            row => row.GetBoolean(0),
            cancellationToken);
        return exists ? storeId : NotFound(id);
    }

    /// <summary>The same for what is changed: a snapshot never is.</summary>
    public static async Task<Outcome<Id<VectorStore>>> FindToChangeAsync(
        NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(connection, id, cancellationToken)).TryGet(out var store, out var fault))
        {
            return fault;
        }

        var of = await connection.FirstOrDefaultAsync(
            $"select snapshot_of from retrieval.vector_store where id = {store}",
            row => row.IsDBNull(0) ? default : new Id<VectorStore>(row.GetGuid(0)),
            cancellationToken);
        return of == default
            ? store
            : new Fault(
                FaultCode.InvalidArgument,
                $"'{id}' is a snapshot of '{of}', which never changes and has no history. To remove it, use "
                + $"DELETE /api/vector_stores/{of}/snapshots/{id}.",
                "vector_store_id");
    }

    /// <summary>
    /// Counts one change of what can be found and returns the new version. The row stays locked until the transaction
    /// ends, so versions become visible in their order. 0 when the store is gone.
    /// </summary>
    public static Task<long> BumpVersionAsync(
        this NpgsqlConnection connection,
        Id<VectorStore> storeId,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            update retrieval.vector_store
            set version = version + 1, last_active_at = {now}
            where id = {storeId}
            returning version
            """,
            row => row.GetInt64(0),
            cancellationToken,
            StatementLimits.Long); // Indexing holds the row until its files are stored.

    /// <summary>Locks a store as every change of it does; false when it is gone.</summary>
    public static Task<bool> LockAsync(
        this NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"select true from retrieval.vector_store where id = {store} for no key update",
            row => row.GetBoolean(0),
            cancellationToken,
            StatementLimits.Long);

    /// <summary>Takes a file out of a store. False when it was not there.</summary>
    public static async Task<bool> RemoveFileAsync(
        this NpgsqlConnection connection,
        Id<VectorStore> storeId,
        Id<StoredFile> fileId,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var version = await connection.BumpVersionAsync(storeId, now, cancellationToken);
        await connection.ExecuteAsync(
            $"delete from retrieval.entry where vector_store_id = {storeId} and file_id = {fileId}", cancellationToken);
        var left = await connection.ListAsync(
            $"""
            update retrieval.store_file
            set removed_at = {now}, usage_bytes = 0, version = {version}
            where vector_store_id = {storeId} and file_id = {fileId} and removed_at is null
            returning project_id, file_id, revision_id
            """,
            row => StoreLineage.Read(row, storeId, now),
            cancellationToken);
        await connection.EndQuarantineAsync(storeId, [fileId.Value], cancellationToken);
        await StoreLineage.LeftAsync(connection, left, cancellationToken);
        return left.Count == 1;
    }

    /// <summary>Nothing of files that leave a store is held in its quarantine any more.</summary>
    public static Task EndQuarantineAsync(
        this NpgsqlConnection connection, Id<VectorStore> store, Guid[] files, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            update retrieval.quality_run
            set status = 'superseded', work = jsonb_build_object()
            where vector_store_id = {store} and file_id = any({files}) and status in ('quarantined', 'releasing')
            """, cancellationToken);
}
