using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Lists files, a page at a time: newest first unless asked otherwise.</summary>
internal static class ListFiles
{
    private const int MaxLimit = 10_000;

    public static async Task<IResult> HandleAsync(
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        string? after = null,
        int limit = MaxLimit,
        string order = "desc",
        string? purpose = null)
    {
        if (limit is < 1 or > MaxLimit)
        {
            return new Fault(FaultCode.InvalidArgument, $"'limit' must be 1 to {MaxLimit}.", "limit").ToResult();
        }

        if (order is not ("asc" or "desc"))
        {
            return new Fault(FaultCode.InvalidArgument, "'order' must be 'asc' or 'desc'.", "order").ToResult();
        }

        var cursor = default(Id<StoredFile>);
        if (after is not null && !Id<StoredFile>.TryParse(after, null, out cursor))
        {
            return new Fault(FaultCode.InvalidArgument, $"'after' is not a file's id: '{after}'.", "after").ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var rows = await connection.ListAsync(
            Query(after is null ? null : cursor.Value, limit + 1, order == "asc", purpose), FileObject.Read,
            cancellationToken);
        return TypedResults.Ok(Page.Of(rows, limit));
    }

    // Ids sort by creation time, so they serve as the cursor.
    private static Sql Query(Guid? after, int limit, bool ascending, string? purpose)
    {
        Sql oldestFirst =
            $"""
            select id, filename, purpose, size_bytes, created_at
            from ingest.file
            where deleted_at is null
              and ({after}::uuid is null or id > {after}::uuid)
              and ({purpose}::text is null or purpose = {purpose}::text)
            order by id
            limit {limit}
            """;
        Sql newestFirst =
            $"""
            select id, filename, purpose, size_bytes, created_at
            from ingest.file
            where deleted_at is null
              and ({after}::uuid is null or id < {after}::uuid)
              and ({purpose}::text is null or purpose = {purpose}::text)
            order by id desc
            limit {limit}
            """;
        return ascending ? oldestFirst : newestFirst;
    }

    /// <summary>OpenAI's list.</summary>
    internal sealed record Page(
        IReadOnlyList<FileObject> Data, Id<StoredFile>? FirstId, Id<StoredFile>? LastId, bool HasMore)
    {
        public string Object { get; } = "list";

        public static Page Of(List<FileObject> rows, int limit)
        {
            var data = rows.Count > limit ? rows[..limit] : rows;
            return new(data, data.FirstOrDefault()?.Id, data.LastOrDefault()?.Id, rows.Count > limit);
        }
    }
}
