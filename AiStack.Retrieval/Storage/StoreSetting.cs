using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Storage;

/// <summary>What a store's row says of how it works, a column each: privacy, quality, synonyms.</summary>
internal static class StoreSetting
{
    /// <summary>Files that are told of in one statement.</summary>
    private const int FilesAtOnce = 2_000;

    /// <summary>The JSON of a column; <c>{}</c> where it was never set. A fault where there is no such store.</summary>
    public static async Task<Outcome<string>> ReadAsync(
        NpgsqlConnection connection, string id, string column, CancellationToken cancellationToken)
    {
        if (!Id<VectorStore>.TryParse(id, null, out var store))
        {
            return StoreRows.NotFound(id);
        }

        var found = await connection.ListAsync(
            $"""
            select to_jsonb(store) ->> {column}
            from retrieval.vector_store store
            where id = {store} and snapshot_kind is distinct from 'reprocessing'
            """,
            row => row.IsDBNull(0) ? "{}" : row.GetString(0),
            cancellationToken);
        return found is [var stored] ? stored : StoreRows.NotFound(id);
    }

    /// <summary>What can be found in the store, as work for indexing.</summary>
    public static Task<List<FileProcessed>> CompletedAsync(
        NpgsqlConnection connection, Id<VectorStore> store, bool withSnapshots, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select vector_store_id, file_id, revision_id
            from retrieval.store_file
            where vector_store_id in (
                    select id from retrieval.vector_store
                    where id = {store} or ({withSnapshots} and snapshot_of = {store}))
              and removed_at is null and state = 'completed'
            order by vector_store_id, file_id
            """,
            row => new FileProcessed(
                new(row.GetGuid(0)), new(row.GetGuid(1)), new(row.GetGuid(2)), Failure: null),
            cancellationToken);

    /// <summary>Has files indexed anew, by what the store's settings are by now.</summary>
    public static async Task IndexAnewAsync(
        NpgsqlConnection connection, Id<Project> project, List<FileProcessed> files,
        CancellationToken cancellationToken)
    {
        foreach (var some in files.Chunk(FilesAtOnce))
        {
            await WorkQueue.EnqueueAllAsync(connection, project, FileProcessed.Queue, some, cancellationToken);
        }
    }
}
