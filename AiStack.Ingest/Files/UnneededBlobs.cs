using AiStack.Contracts;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Deletes blobs that nothing points to any more.</summary>
internal static class UnneededBlobs
{
    /// <summary>Deletes the blob of a request that was refused after its content was stored.</summary>
    public static Task DropAsync(
        NpgsqlDataSource database,
        Id<Project> projectId,
        IBlobStore blobs,
        BlobId blob,
        CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            projectId,
            async connection =>
            {
                await DeleteAsync(connection, blobs, [blob], cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>Deletes those of <paramref name="candidates"/> that no file, text or part of any project has.</summary>
    public static async Task DeleteAsync(
        NpgsqlConnection connection, IBlobStore blobs, IEnumerable<BlobId> candidates,
        CancellationToken cancellationToken)
    {
        // In one order, or two of these could wait for each other for ever.
        foreach (var blob in candidates.Distinct().OrderBy(blob => blob.ToString(), StringComparer.Ordinal))
        {
            await BlobLock.TakeAsync(connection, blob, cancellationToken);
            var isNeeded = await connection.FirstOrDefaultAsync(
                $"select ingest.blob_is_needed({blob.ToArray()})", row => row.GetBoolean(0), cancellationToken);
            if (!isNeeded)
            {
                await blobs.DeleteAsync(blob, cancellationToken);
            }
        }
    }
}
