using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Uploads;

/// <summary>Work for Ingest itself: throw away the parts of an upload that has ended, or whose time is up.</summary>
internal sealed record ClearUpload(Id<Upload> UploadId)
{
    public const string QueueName = "ingest.clear-upload";
}

/// <summary>
/// Ends an upload whose time is up, and clears its parts, and their blobs when no other file has the same bytes.
/// </summary>
internal sealed class ClearUploadHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, IBlobStore blobs)
    : IWorkHandler<ClearUpload>
{
    public static string Queue => ClearUpload.QueueName;

    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<ClearUpload>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await database.InTransactionAsync(
                projectId, connection => ClearAsync(connection, lease, cancellationToken), cancellationToken);
        }
    }

    private async Task<bool> ClearAsync(
        NpgsqlConnection connection, Lease<ClearUpload> lease, CancellationToken cancellationToken)
    {
        var id = lease.Payload.UploadId;
        await connection.ExecuteAsync(
            $"update ingest.upload set state = 'expired' where id = {id} and state = 'pending'", cancellationToken);
        var parts = await connection.ListAsync(
            $"delete from ingest.upload_part where upload_id = {id} returning sha256",
            row => new BlobId(row.GetFieldValue<byte[]>(0)),
            cancellationToken);
        await UnneededBlobs.DeleteAsync(connection, blobs, parts, cancellationToken);
        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        return true;
    }
}
