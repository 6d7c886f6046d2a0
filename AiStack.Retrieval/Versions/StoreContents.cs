using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Quality;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>What can be found in a store, as rows that are copied to another.</summary>
internal static class StoreContents
{
    /// <summary>
    /// Has a store hold what another does, beside what it holds: files that it has are as they are there. What still is
    /// to be indexed or embedded of them there is queued here. Files that were deleted stay out. Both stores are
    /// locked. Returns how many files it is.
    /// </summary>
    public static async Task<int> CopyAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> from, Id<VectorStore> to, long version,
        EmbedderIdentity embedder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var wanted = await WantedAsync(connection, from, to, cancellationToken);
        Guid[] files = [.. wanted.Select(file => file.Id)];
        Guid[] anew = [.. wanted.Where(file => file.IsAnew).Select(file => file.Id)];
        await CopyFilesAsync(connection, from, to, files, anew, version, now, cancellationToken);
        await ClearAsync(connection, to, anew, cancellationToken);
        await CopyEntriesAsync(connection, from, to, anew, cancellationToken);
        await QueueAsync(connection, project, from, to, anew, embedder, cancellationToken);
        await CopyLineage.TellAsync(connection, project, to, anew, version, now, cancellationToken);
        return files.Length;
    }

    /// <summary>
    /// Has files of a store be as another has made them, as far as both have them, and not attached again since; what
    /// else a store knows of them stays. Both stores are locked.
    /// </summary>
    public static async Task ReplaceAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> made, Id<VectorStore> store, long version,
        EmbedderIdentity embedder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var replaced = await connection.ListAsync(
            $"""
            update retrieval.store_file f
            set version = {version}, max_chunk_tokens = m.max_chunk_tokens, overlap_tokens = m.overlap_tokens,
                usage_bytes = m.usage_bytes, embedder = m.embedder, revision_id = m.revision_id,
                traceparent = m.traceparent, warnings = m.warnings, pipeline = m.pipeline,
                document_attributes = m.document_attributes, is_embedded = m.is_embedded,
                has_sentences = m.has_sentences, signature = m.signature, near_group = m.near_group
            from retrieval.store_file m
            where f.vector_store_id = {store} and f.state = 'completed' and f.removed_at is null
              and m.vector_store_id = {made} and m.file_id = f.file_id and m.created_at = f.created_at
              and m.state = 'completed' and m.removed_at is null
            returning f.file_id
            """,
            row => row.GetGuid(0),
            cancellationToken,
            StatementLimits.Background);
        Guid[] files = [.. replaced];
        await ClearAsync(connection, store, files, cancellationToken);
        await CopyEntriesAsync(connection, made, store, files, cancellationToken);
        await QueueAsync(connection, project, made, store, files, embedder, cancellationToken);
        await CopyLineage.TellAsync(connection, project, store, files, version, now, cancellationToken);
    }

    /// <summary>What search has of files of a store.</summary>
    public static async Task ClearAsync(
        NpgsqlConnection connection, Id<VectorStore> store, Guid[] files, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"delete from retrieval.entry where vector_store_id = {store} and file_id = any({files})",
            cancellationToken, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"delete from retrieval.chunk_hash where vector_store_id = {store} and file_id = any({files})",
            cancellationToken, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"delete from retrieval.signature_band where vector_store_id = {store} and file_id = any({files})",
            cancellationToken, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"delete from retrieval.pseudonym where vector_store_id = {store} and file_id = any({files})",
            cancellationToken, StatementLimits.Background);
    }

    /// <summary>The files that are to be there, and whether what search has of them is to be copied.</summary>
    private static Task<List<(Guid Id, bool IsAnew)>> WantedAsync(
        NpgsqlConnection connection, Id<VectorStore> from, Id<VectorStore> to, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select f.file_id,
                   coalesce(t.removed_at is not null or t.state <> 'completed' or t.revision_id <> f.revision_id
                       or t.embedder is distinct from f.embedder or t.is_embedded < f.is_embedded
                       or t.has_sentences < f.has_sentences, true)
            from retrieval.store_file f
            left join retrieval.store_file t on t.vector_store_id = {to} and t.file_id = f.file_id
            where f.vector_store_id = {from} and f.state = 'completed' and f.removed_at is null
              and f.file_id in (select id from ingest.published_file)
            order by f.file_id
            """,
            row => (row.GetGuid(0), row.GetBoolean(1)),
            cancellationToken,
            StatementLimits.Long);

    /// <summary>
    /// Whom a file is for stays as it is where it is there: that changes in both at once. What was out of the store is
    /// for whom the snapshot says by now.
    /// </summary>
    private static Task<int> CopyFilesAsync(
        NpgsqlConnection connection, Id<VectorStore> from, Id<VectorStore> to, Guid[] files, Guid[] anew, long version,
        DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            insert into retrieval.store_file as t (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, attributes, usage_bytes,
                embedder, revision_id, created_at, version, traceparent, warnings, pipeline, document_attributes,
                is_embedded, has_sentences, principals, source_id, replaces, told, signature, near_group,
                restored_at)
            select {to}, file_id, project_id, state, max_chunk_tokens, overlap_tokens, attributes, usage_bytes,
                   embedder, revision_id, created_at, {version}, traceparent, warnings, pipeline, document_attributes,
                   is_embedded, has_sentences, principals, source_id, replaces, told, signature, near_group,
                   {now}
            from retrieval.store_file
            where vector_store_id = {from} and file_id = any({files})
            order by file_id
            on conflict (vector_store_id, file_id) do update
            set state = 'completed', error_code = null, error_message = null, removed_at = null, version = {version},
                restored_at = {now},
                max_chunk_tokens = excluded.max_chunk_tokens, overlap_tokens = excluded.overlap_tokens,
                attributes = excluded.attributes, revision_id = excluded.revision_id, created_at = excluded.created_at,
                traceparent = excluded.traceparent, warnings = excluded.warnings, pipeline = excluded.pipeline,
                document_attributes = excluded.document_attributes, source_id = excluded.source_id,
                replaces = excluded.replaces,
                principals = case when t.removed_at is null then t.principals else excluded.principals end,
                signature = case when t.file_id = any({anew}) then excluded.signature else t.signature end,
                near_group = case when t.file_id = any({anew}) then excluded.near_group else t.near_group end,
                embedder = case when t.file_id = any({anew}) then excluded.embedder else t.embedder end,
                is_embedded = case when t.file_id = any({anew}) then excluded.is_embedded else t.is_embedded end,
                has_sentences = case when t.file_id = any({anew}) then excluded.has_sentences else t.has_sentences end,
                usage_bytes = case when t.file_id = any({anew}) then excluded.usage_bytes else t.usage_bytes end
            """, cancellationToken, StatementLimits.Background);

    private static async Task CopyEntriesAsync(
        NpgsqlConnection connection, Id<VectorStore> from, Id<VectorStore> to, Guid[] files,
        CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.entry (
                vector_store_id, file_id, ordinal, project_id, chunk_id, vector, scale, terms, term_count, language,
                sentence_vectors)
            select {to}, file_id, ordinal, project_id, chunk_id, vector, scale, terms, term_count, language,
                   sentence_vectors
            from retrieval.entry
            where vector_store_id = {from} and file_id = any({files})
            """, cancellationToken, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.chunk_hash (vector_store_id, hash, file_id, project_id)
            select {to}, hash, file_id, project_id
            from retrieval.chunk_hash
            where vector_store_id = {from} and file_id = any({files})
            """, cancellationToken, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.signature_band (vector_store_id, hash, file_id, project_id)
            select {to}, hash, file_id, project_id
            from retrieval.signature_band
            where vector_store_id = {from} and file_id = any({files})
            """, cancellationToken, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.pseudonym (vector_store_id, file_id, stand_in, tag, project_id, kind, sealed)
            select {to}, file_id, stand_in, tag, project_id, kind, sealed
            from retrieval.pseudonym
            where vector_store_id = {from} and file_id = any({files})
            """, cancellationToken, StatementLimits.Background);
    }

    /// <summary>
    /// What waits to be indexed there by other settings is copied as it is, so it is queued here, too; and so is what
    /// has no vectors yet.
    /// </summary>
    private static async Task QueueAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> from, Id<VectorStore> to, Guid[] files,
        EmbedderIdentity embedder, CancellationToken cancellationToken)
    {
        var stale = await connection.ListAsync(
            $"""
            select f.file_id, f.revision_id
            from retrieval.store_file f
            where f.vector_store_id = {to} and f.file_id = any({files})
              and (f.embedder is distinct from {embedder.Name}
                   or (f.signature is null and (
                       select coalesce(quality ->> 'near_duplicates', {QualityPolicy.Keep}) <> {QualityPolicy.Keep}
                       from retrieval.vector_store
                       where id = {to} and snapshot_of is null))
                   or exists (
                       select
                       from ops.work_item w
                       where w.queue = {FileProcessed.Queue}
                         and w.payload ->> 'vectorStoreId' in ({from.ToString()}, {to.ToString()})
                         and w.payload ->> 'fileId' = 'file-' || replace(f.file_id::text, '-', '')))
            order by f.file_id
            """,
            row => new FileProcessed(to, new(row.GetGuid(0)), new(row.GetGuid(1)), Failure: null),
            cancellationToken,
            StatementLimits.Long);
        await WorkQueue.EnqueueAllAsync(connection, project, FileProcessed.Queue, stale, cancellationToken);
        var waiting = await connection.ListAsync(
            $"""
            select file_id, revision_id, is_embedded
            from retrieval.store_file
            where vector_store_id = {to} and file_id = any({files}) and not (is_embedded and has_sentences)
            order by file_id
            """,
            row => new EmbedFile(
                to, new(row.GetGuid(0)), new(row.GetGuid(1)),
                row.GetBoolean(2) ? EmbedPart.Sentences : EmbedPart.Chunks),
            cancellationToken);
        await WorkQueue.EnqueueAllAsync(connection, project, EmbedFile.Queue, waiting, cancellationToken);
    }
}
