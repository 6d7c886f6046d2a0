using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>A file to attach, and how.</summary>
internal sealed record FileToAttach(
    string? FileId, JsonElement? Attributes = null, ChunkingStrategyParam? ChunkingStrategy = null);

/// <summary>
/// Puts files into a store and has Ingest process them, in the caller's transaction: all or none. Attaching a file
/// again with the same settings does nothing, unless it failed or was cancelled before; with other settings it is
/// processed again.
/// </summary>
internal static class AttachFiles
{
    /// <summary>OpenAI's limit.</summary>
    public const int MaxFiles = 2_000;

    public static async Task<Fault?> RunAsync(
        NpgsqlConnection connection,
        Caller caller,
        Id<VectorStore> storeId,
        Id<FileBatch>? batchId,
        IReadOnlyList<FileToAttach> files,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (files.Count > MaxFiles)
        {
            return new(FaultCode.InvalidArgument, $"At most {MaxFiles} files can be attached in one call.", "file_ids");
        }

        // What is in a store can be read there, so only a caller who may read a file can put it in.
        if (files.Count > 0 && caller.FindLack(Scopes.FilesRead, "Putting files into a store", "file_id") is { } lack)
        {
            return lack;
        }

        var parsed = new Dictionary<Guid, Row>(files.Count);
        foreach (var file in files)
        {
            if (!Row.Parse(file).TryGet(out var row, out var fault))
            {
                return fault;
            }

            parsed[row.FileId] = row;
        }

        // In one order, or two of these could deadlock.
        Row[] rows = [.. parsed.Values.OrderBy(row => row.FileId)];
        if (await MissingAsync(connection, rows, cancellationToken) is { } missing)
        {
            return NoFile(missing.ToString());
        }

        var changed = await UpsertAsync(connection, caller.ProjectId, storeId, batchId, rows, now, cancellationToken);
        var work = rows.Where(row => changed.Contains(row.FileId))
            .Select(row => new ProcessFile(
                storeId, new(row.FileId), row.Chunking.MaxChunkSizeTokens, row.Chunking.ChunkOverlapTokens));
        await WorkQueue.EnqueueAllAsync(connection, caller.ProjectId, ProcessFile.Queue, [.. work], cancellationToken);
        return null;
    }

    private static Fault NoFile(string id) => new(FaultCode.NotFound, $"There is no file '{id}'.", "file_id");

    private static async Task<Id<StoredFile>?> MissingAsync(
        NpgsqlConnection connection, Row[] rows, CancellationToken cancellationToken)
    {
        var ids = Array.ConvertAll(rows, row => row.FileId);
        var missing = await connection.ListAsync(
            $"""
            select wanted.id
            from unnest({ids}) as wanted (id)
            where wanted.id not in (select id from ingest.published_file where id = any({ids}))
            limit 1
            """,
            row => new Id<StoredFile>(row.GetGuid(0)),
            cancellationToken);
        return missing is [var first] ? first : null;
    }

    private static async Task<HashSet<Guid>> UpsertAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        Id<VectorStore> storeId,
        Id<FileBatch>? batchId,
        Row[] rows,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var ids = Array.ConvertAll(rows, row => row.FileId);
        var attributes = Array.ConvertAll(rows, row => row.Attributes);
        var sizes = Array.ConvertAll(rows, row => row.Chunking.MaxChunkSizeTokens);
        var overlaps = Array.ConvertAll(rows, row => row.Chunking.ChunkOverlapTokens);
        var changed = await connection.ListAsync(
            $"""
            insert into retrieval.store_file as f (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, attributes, created_at)
            select {storeId}, item.file_id, {projectId}, 'in_progress', item.max_chunk_tokens, item.overlap_tokens,
                   item.attributes::jsonb, {now}
            from unnest({ids}, {attributes}, {sizes}, {overlaps})
                as item (file_id, attributes, max_chunk_tokens, overlap_tokens)
            on conflict (vector_store_id, file_id) do update
            set state = 'in_progress', error_code = null, error_message = null, removed_at = null,
                max_chunk_tokens = excluded.max_chunk_tokens, overlap_tokens = excluded.overlap_tokens,
                attributes = excluded.attributes, created_at = excluded.created_at
            where f.removed_at is not null
               or f.state in ('failed', 'cancelled')
               or (f.max_chunk_tokens, f.overlap_tokens, f.attributes)
                  is distinct from (excluded.max_chunk_tokens, excluded.overlap_tokens, excluded.attributes)
            returning file_id
            """,
            row => row.GetGuid(0),
            cancellationToken,
            StatementLimits.Long);
        if (batchId is { } batch)
        {
            await connection.ExecuteAsync(
                $"""
                update retrieval.store_file
                set batch_id = {batch}
                where vector_store_id = {storeId} and file_id = any({ids})
                """,
                cancellationToken,
                StatementLimits.Long);
        }

        return [.. changed];
    }

    private sealed record Row(Guid FileId, string Attributes, StaticChunking Chunking)
    {
        public static Outcome<Row> Parse(FileToAttach file)
        {
            if (file.FileId is null)
            {
                return new Fault(FaultCode.InvalidArgument, "'file_id' is missing.", "file_id");
            }

            if (!Id<StoredFile>.TryParse(file.FileId, null, out var id))
            {
                return NoFile(file.FileId);
            }

            if (AttributeValue.Check(file.Attributes, "attributes") is { } wrong)
            {
                return wrong;
            }

            return ChunkingStrategyParam.Parse(file.ChunkingStrategy).TryGet(out var chunking, out var fault)
                ? new Row(id.Value, AttributeValue.ToJson(file.Attributes), chunking)
                : fault;
        }
    }
}
