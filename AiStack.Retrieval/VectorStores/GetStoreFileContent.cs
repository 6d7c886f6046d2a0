using AiStack.Contracts;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// Gets the text of a file as it was cut: a part a chunk, what chunks repeat of one another left out.
/// </summary>
internal static class GetStoreFileContent
{
    private const int PageSize = 500;

    /// <summary>More than any file has: longer files are refused when they are parsed.</summary>
    private const int MaxPage = 100_000;

    public static async Task<IResult> HandleAsync(
        string id,
        string fileId,
        Caller caller,
        NpgsqlDataSource database,
        StandInKeys keys,
        CancellationToken cancellationToken,
        int page = 0)
    {
        if (page is < 0 or > MaxPage)
        {
            return new Fault(FaultCode.InvalidArgument, $"'page' must be from 0 to {MaxPage}.", "page").ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        var file = Id<StoredFile>.TryParse(fileId, null, out var parsed)
            ? await StoreFileObject.FindAsync(connection, storeId, parsed, Sight.Of(caller), cancellationToken)
            : null;
        if (file is null)
        {
            return StoreRows.FileNotFound(fileId).ToResult();
        }

        var standIns = keys.Of(caller.ProjectId);
        var parts = await connection.ListAsync(
            $"""
            select c.text, greatest(0, coalesce(lag(c.end_offset) over (order by c.ordinal), 0) - c.start_offset),
                   c.details, (select privacy from retrieval.vector_store where id = {storeId})
            from ingest.published_chunk c
            where c.revision_id = (
                select revision_id
                from retrieval.store_file
                where vector_store_id = {storeId} and file_id = {parsed} and removed_at is null)
              and c.ordinal between {(page * PageSize) - 1} and {(page + 1) * PageSize}
            order by c.ordinal
            """,
            row => ReadPart(row, standIns),
            cancellationToken);

        // The chunk before the page is there only to tell what the first one repeats; the one behind it,
        // that there is another page.
        var skipped = page == 0 ? 0 : 1;
        var content = parts.Skip(skipped).Take(PageSize).Where(part => part.Length > 0)
            .Select(part => new TextContent(part));
        return TypedResults.Ok(new Content([.. content], parts.Count > PageSize + skipped, page + 1));
    }

    /// <summary>What the chunk adds to the one before, with what the store masks covered.</summary>
    private static string ReadPart(NpgsqlDataReader row, StandIns standIns)
    {
        var (text, policy) = (row.GetString(0), PrivacyPolicy.Read(row, 3, standIns));
        return policy.Masked(text, policy.DetailsOf(row, 2, text))[Math.Min(row.GetInt32(1), text.Length)..];
    }

    internal sealed record Content(IReadOnlyList<TextContent> Data, bool HasMore, int Next)
    {
        public string Object { get; } = "vector_store.file_content.page";

        public string? NextPage => HasMore ? $"{Next}" : null;

        [System.Text.Json.Serialization.JsonIgnore]
        public int Next { get; init; } = Next;
    }
}
