using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Gives a file's bytes back, whole or in ranges.</summary>
internal static class GetFileContent
{
    public static async Task<IResult> HandleAsync(
        string id,
        Caller caller,
        NpgsqlDataSource database,
        IBlobStore blobs,
        HttpResponse response,
        CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotFound(id).ToResult();
        }

        var file = await FindAsync(database, caller.ProjectId, fileId, cancellationToken);
        if (file is null || await blobs.OpenVerifyingAsync(file.Blob, cancellationToken) is not { } content)
        {
            return FileEndpoints.NotFound(id).ToResult();
        }

        // Somebody else's HTML must be a download, never a page of ours.
        response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(
            content, "application/octet-stream", file.Filename, enableRangeProcessing: true);
    }

    private static async Task<Found?> FindAsync(
        NpgsqlDataSource database, Id<Project> projectId, Id<StoredFile> fileId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"select filename, sha256 from ingest.file where id = {fileId} and deleted_at is null",
            row => new Found(row.GetString(0), new BlobId(row.GetFieldValue<byte[]>(1))),
            cancellationToken);
    }

    private sealed record Found(string Filename, BlobId Blob);
}
