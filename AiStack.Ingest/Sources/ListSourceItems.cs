using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>Lists what is known of a source's documents, a page at a time, in an order of its own.</summary>
internal static class ListSourceItems
{
    private const int KeyBytes = 32;

    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken, string? after = null,
        int? limit = null, string? filter = null)
    {
        if (PageQuery.CheckLimit(limit) is { } wrong)
        {
            return wrong.ToResult();
        }

        if (filter is not (null or "problem"))
        {
            return SourceChecks.Wrong("'filter' must be 'problem'.", "filter").ToResult();
        }

        byte[] from = [];
        if (after is not null && !TryRead(after, out from))
        {
            return SourceChecks.Wrong("'after' must be the 'last_id' of a page.", "after").ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!Id<Source>.TryParse(id, null, out var source)
            || await SourceObject.FindAsync(connection, source, cancellationToken) is null)
        {
            return SourceEndpoints.NotFound(id).ToResult();
        }

        var rows = limit ?? PageQuery.DefaultLimit;
        var items = await connection.ListAsync(
            $"""
            select item_key, item_id, name, url, file_id, size_bytes, principals, problem
            from ingest.source_item
            where source_id = {source} and item_key > {from} and ({filter is null} or problem is not null)
            order by item_key
            limit {rows + 1}
            """,
            Read,
            cancellationToken);
        var page = items.Take(rows).ToList();
        return TypedResults.Ok(new Page<ItemObject>(
            page, page.FirstOrDefault()?.Key, page.LastOrDefault()?.Key, items.Count > rows));
    }

    private static bool TryRead(string after, out byte[] key)
    {
        key = new byte[KeyBytes];
        return after.Length == 2 * KeyBytes
            && Convert.FromHexString(after, key, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    private static ItemObject Read(NpgsqlDataReader row) => new(
        Convert.ToHexStringLower(row.GetFieldValue<byte[]>(0)),
        row.GetString(1),
        row.GetString(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.IsDBNull(4) ? null : new Id<StoredFile>(row.GetGuid(4)),
        row.IsDBNull(5) ? null : row.GetInt64(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<string[]>(6),
        row.IsDBNull(7) ? null : row.GetString(7));

    /// <summary>A document at its source.</summary>
    /// <param name="Key">Its place in the list.</param>
    /// <param name="Id">Its id at the source: a path, an address.</param>
    /// <param name="FileId">Null while it has none.</param>
    /// <param name="Principals">Who may find it; null is everyone who may search the store.</param>
    /// <param name="Problem">Why it could not be read; null when it could.</param>
    internal sealed record ItemObject(
        string Key, string Id, string Name, string? Url, Id<StoredFile>? FileId, long? Bytes,
        IReadOnlyList<string>? Principals, string? Problem)
    {
        public string Object { get; } = "source.item";
    }
}
