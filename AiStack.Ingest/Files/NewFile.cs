using System.Diagnostics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>A file whose bytes are stored and that is about to be recorded.</summary>
internal sealed record NewFile(string Filename, string Purpose, string MediaType, StoredBlob Blob)
{
    /// <summary>Records the file in the caller's transaction.</summary>
    public async Task<FileObject> InsertAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        IBlobStore blobs,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await BlobLock.HoldAsync(connection, blobs, Blob.Id, cancellationToken);
        var file = await connection.FirstOrDefaultAsync(
            $"""
            insert into ingest.file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)
            values ({Id<StoredFile>.New()}, {projectId}, {Filename}, {Purpose}, {MediaType},
                    {Blob.Id.ToArray()}, {Blob.SizeBytes}, {now})
            returning id, filename, purpose, size_bytes, created_at
            """,
            FileObject.Read,
            cancellationToken);
        return file ?? throw new UnreachableException("An insert returns its row.");
    }
}
