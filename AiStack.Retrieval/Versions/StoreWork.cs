using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Indexing;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>Work that is queued for a store.</summary>
internal static class StoreWork
{
    /// <summary>
    /// Ends work that would make more of the store's files findable, or other revisions of them; but for what is being
    /// stored this moment. Returns the files that it was of.
    /// </summary>
    public static Task<List<Guid>> EndAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        EndAsync(connection, store, [ProcessFile.Queue, FileProcessed.Queue], cancellationToken);

    /// <summary>Ends all work for a store that goes.</summary>
    public static Task<List<Guid>> EndAllAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        EndAsync(connection, store, [ProcessFile.Queue, FileProcessed.Queue, EmbedFile.Queue], cancellationToken);

    private static Task<List<Guid>> EndAsync(
        NpgsqlConnection connection, Id<VectorStore> store, string[] queues, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            delete from ops.work_item
            where id in (
                select id
                from ops.work_item
                where queue = any({queues}) and state <> 'parked' and payload ->> 'vectorStoreId' = {store.ToString()}
                for update skip locked)
            returning payload ->> 'fileId'
            """,
            row => Id<StoredFile>.Parse(row.GetString(0), null).Value,
            cancellationToken,
            StatementLimits.Long);
}
