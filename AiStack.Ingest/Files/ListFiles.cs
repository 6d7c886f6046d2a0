using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Lists files, a page at a time: newest first unless asked otherwise.</summary>
internal static class ListFiles
{
    private const int MaxLimit = 10_000;

    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        string? purpose = null)
    {
        if (!query.Read<StoredFile>(newestFirst: true, MaxLimit, MaxLimit).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var files = await connection.ListAsync(
            $"""
            select id, filename, purpose, size_bytes, created_at
            from ingest.file
            where deleted_at is null and (superseded_at is null or retrieval.is_put_after(id, superseded_at))
              and ({caller.Principals is null} or not retrieval.is_for_others(id, {caller.PrincipalNames()}))
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
              and ({purpose}::text is null or purpose = {purpose}::text)
            order by id {page.Direction}
            limit {page.Rows}
            """,
            FileObject.Read,
            cancellationToken);
        return TypedResults.Ok(page.Of(files, file => file.Id.ToString()));
    }
}
