using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>Tells the lineage, in the transaction that did it, what a store has from another one.</summary>
internal static class CopyLineage
{
    /// <summary>Files of one piece of work.</summary>
    private const int Together = 200;

    public static async Task TellAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> store, Guid[] files, long version,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var indexed = await connection.ListAsync(
            $"""
            select f.file_id, f.revision_id, f.embedder, f.usage_bytes, (
                select count(*)
                from retrieval.entry e
                where e.vector_store_id = f.vector_store_id and e.file_id = f.file_id)::int
            from retrieval.store_file f
            where f.vector_store_id = {store} and f.file_id = any({files})
            order by f.file_id
            """,
            row => new FileIndexed(
                Id<WorkItem>.New().Value, ProcessedBy: null, store, new(row.GetGuid(0)), new(row.GetGuid(1)),
                row.IsDBNull(2) ? "" : row.GetString(2), version, row.GetInt32(4), row.GetInt64(3), now),
            cancellationToken,
            StatementLimits.Background);
        await WorkQueue.EnqueueAllAsync(
            connection, project, LineageNote.Queue,
            [.. indexed.Chunk(Together).Select(some => new LineageNote(Indexed: some))], cancellationToken);
    }
}
