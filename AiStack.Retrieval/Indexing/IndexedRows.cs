using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Quality;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>The rows of files as they become findable, written in the transaction of the store's new version.</summary>
internal static class IndexedRows
{
    private const int RowsPerStatement = 2_000;

    /// <summary>
    /// Completes the files and returns them, less those that were detached, or their batch cancelled, while they were
    /// processed. Completed files come again for a new embedder.
    /// </summary>
    public static Task<List<FinishedFile>> FinishAsync(
        NpgsqlConnection connection,
        EmbedderIdentity identity,
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
                select was.file_id, was.state = 'in_progress' as is_first,
                       nullif(was.revision_id, new.revision_id) as former, new.revision_id, new.usage_bytes,
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
            returning file.file_id, made.is_first, file.created_at, file.source_id, file.replaces, made.former
            """,
            row => new FinishedFile(
                new(row.GetGuid(0)), row.GetBoolean(1), row.GetFieldValue<DateTimeOffset>(2),
                SourceFiles.Source(row, 3), row.GetFieldValue<Guid[]>(4),
                row.IsDBNull(5) ? null : new(row.GetGuid(5))),
            cancellationToken);
    }

    // COPY would be faster still, but Postgres refuses it where rows are isolated.
    public static async Task InsertAsync(
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
}

/// <param name="IsFirst">Whether no search could find it before.</param>
/// <param name="Former">The revision that this one takes the place of, if there is one.</param>
internal sealed record FinishedFile(
    Id<StoredFile> FileId, bool IsFirst, DateTimeOffset AttachedAt, Id<Source> Source, Guid[] Replaces,
    Id<Revision>? Former);

/// <summary>A revision of a file with what it is found by, and what its store found out about it.</summary>
internal sealed record IndexedRevision(FileProcessed File, JudgedRun Judged, List<IndexEntry> Entries)
{
    public Id<StoredFile> FileId => File.FileId;

    /// <summary>By which privacy policy it was read, as the store's row had it; null where there was none.</summary>
    public string? Privacy { get; init; }

    /// <summary>What stands in its text, its name and what it says of itself.</summary>
    public IReadOnlyCollection<StandIn>? StandIns { get; init; } = [];

    public long UsageBytes => Entries.Sum(entry => (long)entry.Vector.Length + entry.Terms.Length);
}
