using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.VectorStores;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.AI;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// Makes processed files findable: their chunks are embedded, and their entries, their new state and the store's new version are
/// one transaction. Doing it twice ends the same.
/// </summary>
internal sealed class IndexFileHandler(
    NpgsqlDataSource database,
    IEmbeddingGenerator<string, Embedding<float>> embedder,
    EmbedderIdentity identity,
    TimeProvider time,
    RetrievalTelemetry telemetry)
    : IWorkHandler<FileProcessed>
{
    /// <summary>Texts embedded in one call.</summary>
    private const int EmbeddingBatch = 128;

    private const int RowsPerStatement = 2_000;

    public static string Queue => FileProcessed.Queue;

    public static int MaxBatch => 32;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<FileProcessed>> leases, CancellationToken cancellationToken)
    {
        var entries = new Dictionary<Id<Revision>, List<IndexEntry>>();
        foreach (var revision in leases.Select(lease => lease.Payload.RevisionId).OfType<Id<Revision>>().Distinct())
        {
            entries[revision] = await EmbedAsync(projectId, revision, cancellationToken);
        }

        var attached = await database.InTransactionAsync(
            projectId, connection => StoreAsync(connection, projectId, leases, entries, cancellationToken), cancellationToken);
        telemetry.Indexed(entries.Values.Sum(list => list.Count));
        foreach (var attachedAt in attached)
        {
            telemetry.Searchable(time.GetUtcNow() - attachedAt);
        }
    }

    public Task ParkedAsync(Lease<FileProcessed> lease, string reason, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            lease.ProjectId,
            async connection =>
            {
                var failure = new FileFailure("server_error", $"The file could not be indexed: {reason}.");
                await FailAsync(connection, lease.Payload with { Failure = failure, RevisionId = null }, cancellationToken);
                return true;
            },
            cancellationToken);

    private async Task<List<IndexEntry>> EmbedAsync(
        Id<Project> projectId, Id<Revision> revision, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var chunks = await connection.ListAsync(
            $"select id, ordinal, text, heading from ingest.published_chunk where revision_id = {revision} order by ordinal",
            row => (
                Id: new Id<Chunk>(row.GetGuid(0)), Ordinal: row.GetInt32(1),
                Text: row.IsDBNull(3) ? row.GetString(2) : WithHeading(row.GetString(3), row.GetString(2))),
            cancellationToken);
        var entries = new List<IndexEntry>(chunks.Count);
        foreach (var batch in chunks.Chunk(EmbeddingBatch))
        {
            var vectors = await embedder.GenerateAsync(batch.Select(chunk => chunk.Text), cancellationToken: cancellationToken);
            entries.AddRange(batch.Zip(vectors, (chunk, vector) =>
                IndexEntry.Create(chunk.Id, chunk.Ordinal, chunk.Text, vector.Vector.Span)));
        }

        return entries;
    }

    /// <summary>A chunk from the middle of a section is found by what the section is about, too.</summary>
    private static string WithHeading(string heading, string text) =>
        text.StartsWith(heading.Split(" > ")[^1], StringComparison.Ordinal) && !heading.Contains(" > ", StringComparison.Ordinal)
            ? text
            : $"{heading}\n\n{text}";

    /// <summary>Returns when the files were attached that can be found from now on.</summary>
    private async Task<List<DateTimeOffset>> StoreAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        IReadOnlyList<Lease<FileProcessed>> leases,
        Dictionary<Id<Revision>, List<IndexEntry>> entries,
        CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        }

        List<DateTimeOffset> attached = [];
        // Stores in one order, and their files too: nobody waits for somebody who waits for them.
        foreach (var ofStore in leases.Select(lease => lease.Payload).GroupBy(file => file.VectorStoreId).OrderBy(group => group.Key.Value))
        {
            var version = await connection.BumpVersionAsync(ofStore.Key, time.GetUtcNow(), cancellationToken);
            foreach (var file in ofStore.OrderBy(file => file.FileId.Value))
            {
                if (file.RevisionId is { } revision)
                {
                    var stored = await StoreAsync(
                        connection, projectId, file, revision, version, entries[revision], cancellationToken);
                    if (stored is { IsFirst: true })
                    {
                        attached.Add(stored.AttachedAt);
                    }
                }
                else
                {
                    await FailAsync(connection, file, cancellationToken);
                }
            }
        }

        return attached;
    }

    private async Task<Stored?> StoreAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        FileProcessed file,
        Id<Revision> revision,
        long version,
        List<IndexEntry> entries,
        CancellationToken cancellationToken)
    {
        // It may have been detached, or its batch cancelled, while it was processed. Completed files come again for a new embedder.
        var usage = entries.Sum(entry => (long)entry.Vector.Length + entry.Terms.Length);
        var stored = await connection.FirstOrDefaultAsync(
            $"""
            update retrieval.store_file file
            set state = 'completed', error_code = null, error_message = null, usage_bytes = {usage}, embedder = {identity.Name},
                revision_id = {revision}, version = {version}
            from (
                select vector_store_id, file_id, state = 'in_progress' as is_first
                from retrieval.store_file
                where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
                  and removed_at is null and state in ('in_progress', 'completed')
                for update
            ) before
            where file.vector_store_id = before.vector_store_id and file.file_id = before.file_id
            returning before.is_first, file.created_at
            """,
            row => new Stored(row.GetBoolean(0), row.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken);
        if (stored is null)
        {
            return null;
        }

        await connection.ExecuteAsync(
            $"delete from retrieval.entry where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}",
            cancellationToken);
        await InsertAsync(connection, projectId, file, entries, cancellationToken);
        return stored;
    }

    private static Task<int> FailAsync(NpgsqlConnection connection, FileProcessed file, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            update retrieval.store_file
            set state = 'failed', error_code = {file.Failure!.Code}, error_message = {file.Failure.Message}
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
              and removed_at is null and state = 'in_progress'
            """, cancellationToken);

    // COPY would be faster still, but Postgres refuses it where rows are isolated.
    private static async Task InsertAsync(
        NpgsqlConnection connection, Id<Project> projectId, FileProcessed file, List<IndexEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var rows in entries.Chunk(RowsPerStatement))
        {
            var ordinals = Array.ConvertAll(rows, row => row.Ordinal);
            var chunks = Array.ConvertAll(rows, row => row.ChunkId.Value);
            var vectors = Array.ConvertAll(rows, row => row.Vector);
            var scales = Array.ConvertAll(rows, row => row.Scale);
            var terms = Array.ConvertAll(rows, row => row.Terms);
            var counts = Array.ConvertAll(rows, row => row.TermCount);
            await connection.ExecuteAsync(
                $"""
                insert into retrieval.entry (
                    vector_store_id, file_id, project_id, ordinal, chunk_id, vector, scale, terms, term_count)
                select {file.VectorStoreId}, {file.FileId}, {projectId}, ordinal, chunk_id, vector, scale, terms, term_count
                from unnest({ordinals}, {chunks}, {vectors}, {scales}, {terms}, {counts})
                    as entry (ordinal, chunk_id, vector, scale, terms, term_count)
                """, cancellationToken);
        }
    }

    private sealed record Stored(bool IsFirst, DateTimeOffset AttachedAt);
}
