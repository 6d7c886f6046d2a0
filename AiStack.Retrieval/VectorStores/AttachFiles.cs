using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>A file to attach, and how.</summary>
internal sealed record FileToAttach(
    string? FileId, JsonElement? Attributes = null, ChunkingStrategyParam? ChunkingStrategy = null) : PartialRequest
{
    /// <summary>
    /// An extension: whom it is for. Left out: a file that is in the store already stays for whom it is, and another is
    /// for everybody, unless it is for some only in every store that has it, which is refused; null: everybody; an
    /// empty list: nobody.
    /// </summary>
    public IReadOnlyList<string>? Principals { get; init => field = Given(value); }

    /// <summary>The same for those whom a request says, if it says it.</summary>
    public FileToAttach For(bool isSaid, IReadOnlyList<string>? principals) =>
        isSaid ? this with { Principals = principals } : this;
}

/// <summary>
/// Puts files into a store and has Ingest process them, in the caller's transaction: all or none. Attaching a file
/// again with the same settings does nothing, unless it failed or was cancelled before; with other settings it is
/// processed again. Whom it is for counts at once, and is no reason to process it.
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

        var parsed = new Dictionary<Guid, AttachedFile>(files.Count);
        foreach (var file in files)
        {
            if (!AttachedFile.Parse(file).TryGet(out var row, out var fault))
            {
                return fault;
            }

            parsed[row.FileId] = row;
        }

        // In one order, or two of these could deadlock.
        AttachedFile[] rows = [.. parsed.Values.OrderBy(row => row.FileId)];
        if (await AttachChecks.RunAsync(connection, storeId, rows, Sight.Of(caller), cancellationToken) is { } wrong)
        {
            return wrong;
        }

        // The first locks the store before its files, as others do; the second is for files that came in between.
        await FilePrincipals.ChangeAsync(connection, storeId, rows, now, cancellationToken);
        var changed = await UpsertAsync(connection, caller.ProjectId, storeId, batchId, rows, now, cancellationToken);
        await FilePrincipals.ChangeAsync(connection, storeId, rows, now, cancellationToken);
        var work = rows.Where(row => changed.Contains(row.FileId))
            .Select(row => new ProcessFile(
                storeId, new(row.FileId), row.Chunking.MaxChunkSizeTokens, row.Chunking.ChunkOverlapTokens));
        await WorkQueue.EnqueueAllAsync(connection, caller.ProjectId, ProcessFile.Queue, [.. work], cancellationToken);
        return null;
    }

    public static Fault NoFile(string id) => new(FaultCode.NotFound, $"There is no file '{id}'.", "file_id");

    private static async Task<HashSet<Guid>> UpsertAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        Id<VectorStore> storeId,
        Id<FileBatch>? batchId,
        AttachedFile[] rows,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var ids = Array.ConvertAll(rows, row => row.FileId);
        var attributes = Array.ConvertAll(rows, row => row.Attributes);
        var sizes = Array.ConvertAll(rows, row => row.Chunking.MaxChunkSizeTokens);
        var overlaps = Array.ConvertAll(rows, row => row.Chunking.ChunkOverlapTokens);
        var principals = Array.ConvertAll(rows, row => row.Principals);
        var changed = await connection.ListAsync(
            $"""
            insert into retrieval.store_file as f (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, attributes, principals,
                created_at)
            select {storeId}, item.file_id, {projectId}, 'in_progress', item.max_chunk_tokens, item.overlap_tokens,
                   item.attributes::jsonb, string_to_array(item.principals, ','), {now}
            from unnest({ids}, {attributes}, {sizes}, {overlaps}, {principals})
                as item (file_id, attributes, max_chunk_tokens, overlap_tokens, principals)
            on conflict (vector_store_id, file_id) do update
            set state = 'in_progress', error_code = null, error_message = null, removed_at = null,
                max_chunk_tokens = excluded.max_chunk_tokens, overlap_tokens = excluded.overlap_tokens,
                attributes = excluded.attributes, created_at = excluded.created_at,
                principals = case when f.removed_at is null then f.principals else excluded.principals end
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
}
