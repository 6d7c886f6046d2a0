using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

internal static class GetFile
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotFound(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var file = await connection.FirstOrDefaultAsync(
            $"""
            select id, filename, purpose, size_bytes, created_at
            from ingest.file
            where id = {fileId} and deleted_at is null
            """,
            FileObject.Read,
            cancellationToken);
        return file is null ? FileEndpoints.NotFound(id).ToResult() : TypedResults.Ok(file);
    }
}
