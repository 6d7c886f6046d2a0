using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.AI;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// Makes processed files findable: their chunks are embedded, unless the embedder is slow and vectors follow
/// (<see cref="EmbedFileHandler"/>), and their entries, their new state and the store's new version are one
/// transaction. Doing it twice ends the same.
/// </summary>
internal sealed class IndexFileHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
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
        var (files, entries) = await EmbedAsync(projectId, leases, cancellationToken);
        var attached = await database.InTransactionAsync(
            projectId,
            connection => StoreAsync(connection, projectId, leases, files, entries, cancellationToken),
            cancellationToken);
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
                var file = lease.Payload with { Failure = failure, RevisionId = null };
                await SourceFiles.SettleAsync(
                    connection, lease.ProjectId, await FailAsync(connection, file, cancellationToken),
                    cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// The files, and the entries of those that their stores take: of a revision in each store its own.
    /// </summary>
    private async Task<(List<FileProcessed> Files, EntriesByRevision Entries)> EmbedAsync(
        Id<Project> projectId, IReadOnlyList<Lease<FileProcessed>> leases, CancellationToken cancellationToken)
    {
        var (files, entries) = (new List<FileProcessed>(leases.Count), new EntriesByRevision());
        foreach (var file in leases.Select(lease => lease.Payload))
        {
            if (file.RevisionId is not { } revision || entries.ContainsKey((file.VectorStoreId, revision)))
            {
                files.Add(file);
                continue;
            }

            var texts = await ReadAsync(projectId, file, cancellationToken);
            if (BlockedFile.Of(texts) is { } blocked)
            {
                files.Add(file with { Failure = blocked });
                continue;
            }

            entries[(file.VectorStoreId, revision)] = await EmbedAsync(texts, cancellationToken);
            files.Add(file);
        }

        return (files, entries);
    }

    private async Task<List<IndexedText>> ReadAsync(
        Id<Project> projectId, FileProcessed file, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await IndexedText.ReadAsync(
            connection, file.VectorStoreId, file.FileId, file.RevisionId!.Value,
            file.Reading?.Attributes.GetValueOrDefault("title"), ordinals: null, cancellationToken);
    }

    /// <summary>Entries without vectors where those follow.</summary>
    private async Task<List<IndexEntry>> EmbedAsync(List<IndexedText> texts, CancellationToken cancellationToken)
    {
        var entries = new List<IndexEntry>(texts.Count);
        foreach (var batch in texts.Chunk(EmbeddingBatch))
        {
            var vectors = identity.Follows
                ? batch.Select(_ => new Embedding<float>(default))
                : await embedder.GenerateAsync(batch.Select(text => text.Whole), cancellationToken: cancellationToken);
            entries.AddRange(batch.Zip(vectors, (text, vector) => IndexEntry.Create(
                text.ChunkId, text.Ordinal, text.Whole, text.Language, vector.Vector.Span)));
        }

        return entries;
    }

    /// <summary>Returns when the files were attached that can be found from now on.</summary>
    private async Task<List<DateTimeOffset>> StoreAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        IReadOnlyList<Lease<FileProcessed>> leases,
        List<FileProcessed> files,
        EntriesByRevision entries,
        CancellationToken cancellationToken)
    {
        await WorkQueue.CompleteAllAsync(connection, leases, cancellationToken);

        List<DateTimeOffset> attached = [];
        List<SourceFileSettled> settled = [];

        // Stores in one order, and their files too: two workers cannot wait for each other.
        var stores = files.GroupBy(file => file.VectorStoreId);
        foreach (var ofStore in stores.OrderBy(group => group.Key.Value))
        {
            var version = await connection.BumpVersionAsync(ofStore.Key, time.GetUtcNow(), cancellationToken);
            // A file that was attached again meanwhile is here twice; one of its revisions is as good as the other.
            List<IndexedRevision> made =
            [
                .. ofStore.Where(file => file is { RevisionId: not null, Failure: null })
                    .DistinctBy(file => file.FileId)
                    .Select(file => new IndexedRevision(file, entries[(ofStore.Key, file.RevisionId!.Value)])),
            ];
            var finished = await FinishAsync(connection, ofStore.Key, version, made, cancellationToken);
            var wanted = finished.Select(file => file.FileId).ToHashSet();
            made.RemoveAll(file => !wanted.Contains(file.FileId));
            await InsertAsync(connection, projectId, ofStore.Key, made, cancellationToken);
            var firsts = finished.Where(file => file.IsFirst).ToList();
            await SourceFiles.LeaveAsync(
                connection, ofStore.Key, [.. firsts.SelectMany(file => file.Replaces)], version, time.GetUtcNow(),
                cancellationToken);
            settled.AddRange(firsts.Select(file => new SourceFileSettled(file.Source, file.FileId, null)));
            if (identity.Follows)
            {
                var waiting = made.Select(file => new EmbedFile(ofStore.Key, file.FileId, file.File.RevisionId!.Value));
                await WorkQueue.EnqueueAllAsync(
                    connection, projectId, EmbedFile.Queue, [.. waiting], cancellationToken,
                    turn: WorkTurn.NewestFirst);
            }

            attached.AddRange(firsts.Select(file => file.AttachedAt));

            foreach (var blocked in ofStore.Where(file => file is { RevisionId: not null, Failure: not null })
                .OrderBy(file => file.FileId.Value))
            {
                settled.AddRange(await BlockedFile.LeaveAsync(connection, blocked, version, cancellationToken));
            }

            // Last: of a file that failed once and was attached again, the success counts.
            foreach (var failed in ofStore.Where(file => file.RevisionId is null).OrderBy(file => file.FileId.Value))
            {
                settled.AddRange(await FailAsync(connection, failed, cancellationToken));
            }
        }

        await SourceFiles.SettleAsync(connection, projectId, settled, cancellationToken);
        return attached;
    }

    /// <summary>
    /// Completes the files and returns them, less those that were detached, or their batch cancelled, while they were
    /// processed. Completed files come again for a new embedder.
    /// </summary>
    private Task<List<FinishedFile>> FinishAsync(
        NpgsqlConnection connection,
        Id<VectorStore> store,
        long version,
        List<IndexedRevision> made,
        CancellationToken cancellationToken)
    {
        var files = made.Select(file => file.FileId.Value).ToArray();
        var revisions = made.Select(file => file.File.RevisionId!.Value.Value).ToArray();
        var usages = made.Select(file => file.UsageBytes).ToArray();
        var traces = made.Select(file => file.File.TraceParent).ToArray();
        var pipelines = made.Select(file => file.File.Reading?.Pipeline).ToArray();
        var attributes = made.Select(file => file.File.Reading is { } reading
            ? JsonSerializer.Serialize(reading.Attributes) : null).ToArray();
        var warnings = made.Select(file => file.File.Reading is { } reading ? string.Join(',', reading.Warnings) : null)
            .ToArray();
        return connection.ListAsync(
            $"""
            update retrieval.store_file file
            set state = 'completed', error_code = null, error_message = null, usage_bytes = made.usage_bytes,
                embedder = {identity.Name}, is_embedded = {!identity.Follows},
                has_sentences = {!identity.Follows}, revision_id = made.revision_id,
                version = {version},
                traceparent = coalesce(made.traceparent, file.traceparent),
                pipeline = coalesce(made.pipeline, file.pipeline),
                warnings = coalesce(string_to_array(made.warnings, ','), file.warnings),
                document_attributes = coalesce(made.attributes::jsonb, file.document_attributes)
            from (
                select was.file_id, was.state = 'in_progress' as is_first, new.revision_id, new.usage_bytes,
                       new.traceparent, new.pipeline, new.warnings, new.attributes
                from retrieval.store_file was
                join unnest({files}, {revisions}, {usages}, {traces}, {pipelines}, {warnings}, {attributes})
                    as new (file_id, revision_id, usage_bytes, traceparent, pipeline, warnings, attributes)
                    on new.file_id = was.file_id
                where was.vector_store_id = {store}
                  and was.removed_at is null and was.state in ('in_progress', 'completed')
                order by was.file_id
                for update of was
            ) made
            where file.vector_store_id = {store} and file.file_id = made.file_id
            returning file.file_id, made.is_first, file.created_at, file.source_id, file.replaces
            """,
            row => new FinishedFile(
                new(row.GetGuid(0)), row.GetBoolean(1), row.GetFieldValue<DateTimeOffset>(2),
                SourceFiles.Source(row, 3), row.GetFieldValue<Guid[]>(4)),
            cancellationToken);
    }

    /// <summary>Returns what its source is to be told, if it has one.</summary>
    private static Task<List<SourceFileSettled>> FailAsync(
        NpgsqlConnection connection, FileProcessed file, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            update retrieval.store_file
            set state = 'failed', error_code = {file.Failure!.Code}, error_message = {file.Failure.Message}
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
              and removed_at is null and state = 'in_progress'
            returning source_id
            """,
            row => SourceFiles.Settled(row, file),
            cancellationToken);

    // COPY would be faster still, but Postgres refuses it where rows are isolated.
    private static async Task InsertAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        Id<VectorStore> store,
        List<IndexedRevision> made,
        CancellationToken cancellationToken)
    {
        var again = made.Select(file => file.FileId.Value).ToArray();
        await connection.ExecuteAsync(
            $"delete from retrieval.entry where vector_store_id = {store} and file_id = any({again})",
            cancellationToken);
        var rows = made.SelectMany(file => file.Entries.Select(entry => (file.FileId, Entry: entry)));
        foreach (var some in rows.Chunk(RowsPerStatement))
        {
            var files = Array.ConvertAll(some, row => row.FileId.Value);
            var ordinals = Array.ConvertAll(some, row => row.Entry.Ordinal);
            var chunks = Array.ConvertAll(some, row => row.Entry.ChunkId.Value);
            var vectors = Array.ConvertAll(some, row => row.Entry.Vector);
            var scales = Array.ConvertAll(some, row => row.Entry.Scale);
            var terms = Array.ConvertAll(some, row => row.Entry.Terms);
            var counts = Array.ConvertAll(some, row => row.Entry.TermCount);
            var languages = Array.ConvertAll(some, row => row.Entry.Language);
            await connection.ExecuteAsync(
                $"""
                insert into retrieval.entry (
                    vector_store_id, file_id, project_id, ordinal, chunk_id, vector, scale, terms, term_count,
                    language)
                select {store}, file_id, {projectId}, ordinal, chunk_id, vector, scale, terms, term_count, language
                from unnest({files}, {ordinals}, {chunks}, {vectors}, {scales}, {terms}, {counts}, {languages})
                    as entry (file_id, ordinal, chunk_id, vector, scale, terms, term_count, language)
                """, cancellationToken);
        }
    }

    private sealed class EntriesByRevision : Dictionary<(Id<VectorStore>, Id<Revision>), List<IndexEntry>>;

    /// <param name="IsFirst">Whether no search could find it before.</param>
    private sealed record FinishedFile(
        Id<StoredFile> FileId, bool IsFirst, DateTimeOffset AttachedAt, Id<Source> Source, Guid[] Replaces);

    private sealed record IndexedRevision(FileProcessed File, List<IndexEntry> Entries)
    {
        public Id<StoredFile> FileId => File.FileId;

        public long UsageBytes => Entries.Sum(entry => (long)entry.Vector.Length + entry.Terms.Length);
    }
}
