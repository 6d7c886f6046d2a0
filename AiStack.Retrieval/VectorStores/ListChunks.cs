using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// Lists the chunks that a file was cut into for a store, in the file's order, as search finds them. OpenAI's API
/// shows a file's text alone.
/// </summary>
internal static class ListChunks
{
    /// <param name="after">The number of the last chunk that the caller has.</param>
    public static async Task<IResult> HandleAsync(
        string id,
        string fileId,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        CancellationToken cancellationToken,
        int? after = null,
        int limit = PageQuery.DefaultLimit)
    {
        if (PageQuery.CheckLimit(limit) is { } wrong)
        {
            return wrong.ToResult();
        }

        if (after < 0)
        {
            return new Fault(FaultCode.InvalidArgument, "'after' must be the number of a chunk.", "after").ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out var fault))
        {
            return fault.ToResult();
        }

        if (!Id<StoredFile>.TryParse(fileId, null, out var file)
            || await StoreFileObject.FindAsync(connection, store, file, Sight.Of(caller), cancellationToken) is null)
        {
            return StoreRows.FileNotFound(fileId).ToResult();
        }

        // Views are read by condition, not joined: docs/decisions/0034. Before it is processed a file has no revision.
        var revision = await connection.FirstOrDefaultAsync(
            $"""
            select revision_id
            from retrieval.store_file
            where vector_store_id = {store} and file_id = {file} and removed_at is null
            """,
            row => row.IsDBNull(0) ? default(Guid?) : row.GetGuid(0),
            cancellationToken) ?? Guid.Empty;
        var chunks = await ReadAsync(
            connection, store, revision, after ?? -1, limit + 1, keys.Of(caller.ProjectId), cancellationToken);
        var total = await CountAsync(connection, revision, cancellationToken);
        var made = await ChunkHash.ReadAsync(connection, revision, cancellationToken);
        chunks = chunks.ConvertAll(chunk => chunk with { Hash = made?.Of(chunk) });
        return TypedResults.Ok(new ChunkPage([.. chunks.Take(limit)], chunks.Count > limit, total));
    }

    private static Task<List<ChunkObject>> ReadAsync(
        NpgsqlConnection connection, Id<VectorStore> store, Guid revision, int after, int rows,
        StandIns standIns, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select c.id, c.ordinal, c.text, c.token_count, c.start_offset, c.end_offset, c.page, c.heading,
                   greatest(0, coalesce(before.end_offset, 0) - c.start_offset), c.origin, c.boxes,
                   c.details, (select privacy from retrieval.vector_store where id = {store}), c.table_head
            from ingest.published_chunk c
            left join ingest.published_chunk before
                on before.revision_id = {revision} and before.ordinal = c.ordinal - 1
            where c.revision_id = {revision} and c.ordinal > {after}
            order by c.ordinal
            limit {rows}
            """,
            row => ChunkObject.Read(row, standIns),
            cancellationToken);

    private static Task<long> CountAsync(
        NpgsqlConnection connection, Guid revision, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"select count(*) from ingest.published_chunk where revision_id = {revision}",
            row => row.GetInt64(0),
            cancellationToken);

    /// <param name="Total">How many chunks the file has.</param>
    internal sealed record ChunkPage(IReadOnlyList<ChunkObject> Data, bool HasMore, long Total)
    {
        public string Object { get; } = "list";
    }
}

/// <summary>
/// A chunk: its text is the file's extracted text from <paramref name="Start"/> to <paramref name="End"/>.
/// </summary>
/// <param name="Ordinal">Its number in the file, from 0.</param>
/// <param name="Start">Offset in the file's extracted text, in UTF-16 code units.</param>
/// <param name="Overlap">How many code units at its beginning the chunk before ends with, too.</param>
/// <param name="Origin">Where it stands in the file, where that is known.</param>
internal sealed record ChunkObject(
    Id<Chunk> Id, int Ordinal, string Text, int TokenCount, int Start, int End, int? Page, string? Heading, int Overlap,
    Origin? Origin)
{
    public string Object { get; } = "vector_store.file.chunk";

    /// <summary>
    /// The same wherever the same bytes were read by the same settings (docs/versions.md); of the text as it is given.
    /// </summary>
    public string? Hash { get; init; }

    /// <summary>The head of its table, where it begins below that: a part of its hash.</summary>
    [JsonIgnore]
    public string? TableHead { get; init; }

    /// <summary>
    /// Reads a row of: id, ordinal, text, token_count, start_offset, end_offset, page, heading, overlap,
    /// origin, boxes, details, privacy, table_head. What the store masks is covered.
    /// </summary>
    public static ChunkObject Read(NpgsqlDataReader row, StandIns standIns)
    {
        var (text, policy) = (row.GetString(2), PrivacyPolicy.Read(row, 12, standIns));
        return new(
            new(row.GetGuid(0)),
            row.GetInt32(1),
            policy.Masked(text, policy.DetailsOf(row, 11, text)),
            row.GetInt32(3),
            row.GetInt32(4),
            row.GetInt32(5),
            row.IsDBNull(6) ? null : row.GetInt32(6),
            policy.Masked(row.IsDBNull(7) ? null : row.GetString(7)),
            row.GetInt32(8),
            StoredOrigin.Read(row, 9, row.GetInt32(4)))
        {
            TableHead = policy.Masked(row.IsDBNull(13) ? null : row.GetString(13)),
        };
    }
}
