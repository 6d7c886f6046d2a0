using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Work for Ingest itself: clear what a deleted file left behind.</summary>
internal sealed record ClearFile(Id<StoredFile> FileId)
{
    public const string QueueName = "ingest.clear-file";
}

/// <summary>Clears a deleted file's chunks, and its blobs when no other file has the same bytes.</summary>
internal sealed class ClearFileHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, IBlobStore blobs)
    : IWorkHandler<ClearFile>
{
    public static string Queue => ClearFile.QueueName;

    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<ClearFile>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await database.InTransactionAsync(
                projectId, connection => ClearAsync(connection, lease, cancellationToken), cancellationToken);
        }
    }

    private async Task<bool> ClearAsync(
        NpgsqlConnection connection, Lease<ClearFile> lease, CancellationToken cancellationToken)
    {
        var id = lease.Payload.FileId;
        var unneeded = await connection.ListAsync(
            $"""
            select sha256 from ingest.file where id = {id}
            union
            select text_sha256 from ingest.revision where file_id = {id}
            """,
            row => new BlobId(row.GetFieldValue<byte[]>(0)),
            cancellationToken);
        await connection.ExecuteAsync($"delete from ingest.revision where file_id = {id}", cancellationToken);

        await UnneededBlobs.DeleteAsync(connection, blobs, unneeded, cancellationToken);
        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        return true;
    }
}
