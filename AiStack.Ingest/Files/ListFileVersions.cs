using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Lists the versions of a file's document that are still there and in sight, newest first.</summary>
internal static class ListFileVersions
{
    public static async Task<IResult> HandleAsync(
        string id, [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotFound(id).ToResult();
        }

        if (!query.Read<StoredFile>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var line = await connection.FirstOrDefaultAsync(
            $"select coalesce(line, id) from ingest.file where id = {fileId} and deleted_at is null",
            row => (Guid?)row.GetGuid(0),
            cancellationToken);
        if (line is null)
        {
            return FileEndpoints.NotFound(id).ToResult();
        }

        var versions = await connection.ListAsync(
            $"""
            select id, filename, size_bytes, encode(sha256, 'hex'), created_at, superseded_at,
                   case when {caller.Principals is null}
                             or not ingest.is_for_others(superseded_by, {caller.PrincipalNames()})
                        then superseded_by end
            from ingest.file
            where (id = {fileId} or line = {line}) and deleted_at is null
              and ({caller.Principals is null} or not ingest.is_for_others(id, {caller.PrincipalNames()}))
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => new FileVersion(
                new(row.GetGuid(0)), row.GetString(1), row.GetInt64(2), row.GetString(3),
                row.GetFieldValue<DateTimeOffset>(4).ToUnixTimeSeconds(),
                row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5).ToUnixTimeSeconds(),
                row.IsDBNull(6) ? null : new(row.GetGuid(6))),
            cancellationToken);
        return TypedResults.Ok(page.Of(versions, version => version.Id.ToString()));
    }
}

/// <summary>A version of a document.</summary>
/// <param name="SupersededAt">Null for the one that counts.</param>
/// <param name="SupersededBy">The version in its place; null where that is out of sight, or the document gone.</param>
internal sealed record FileVersion(
    Id<StoredFile> Id, string Filename, long Bytes, string Sha256, long CreatedAt, long? SupersededAt,
    Id<StoredFile>? SupersededBy)
{
    public string Object { get; } = "file.version";
}
