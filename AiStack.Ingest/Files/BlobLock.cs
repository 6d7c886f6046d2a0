using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Keeps a blob's coming and going apart, for the rest of the transaction.</summary>
internal static class BlobLock
{
    public static Task TakeAsync(NpgsqlConnection connection, BlobId blob, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"select pg_advisory_xact_lock({BitConverter.ToInt64(blob.ToArray())})", cancellationToken);

    /// <summary>Takes the lock for somebody who is about to point at the blob, which must be there still.</summary>
    public static async Task HoldAsync(
        NpgsqlConnection connection, IBlobStore blobs, BlobId blob, CancellationToken cancellationToken)
    {
        await TakeAsync(connection, blob, cancellationToken);
        await using var stored = await blobs.OpenAsync(blob, cancellationToken);
        if (stored is null)
        {
            // Somebody deleted the last file with these bytes just now. The next try stores them again.
            throw new BlobsUnavailableException(
                "The blob was cleared while it was stored.", new FileNotFoundException());
        }
    }
}
