using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Work for Ingest itself: delete those of these blobs that nothing points to any more.</summary>
/// <param name="Blobs">By their hashes, in hexadecimal.</param>
internal sealed record ClearBlobs(IReadOnlyList<string> Blobs)
{
    public const string QueueName = "ingest.clear-blobs";
}

/// <summary>Deletes blobs once what pointed to them is gone for good.</summary>
internal sealed class ClearBlobsHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, IBlobStore blobs)
    : IWorkHandler<ClearBlobs>
{
    public static string Queue => ClearBlobs.QueueName;

    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<ClearBlobs>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await database.InTransactionAsync(
                projectId,
                async connection =>
                {
                    await UnneededBlobs.DeleteAsync(
                        connection, blobs,
                        lease.Payload.Blobs.Select(hash => new BlobId(Convert.FromHexString(hash))),
                        cancellationToken);
                    await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
                    return true;
                },
                cancellationToken);
        }
    }
}
