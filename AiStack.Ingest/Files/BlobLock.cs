using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>Keeps a blob's coming and going apart, for the rest of the transaction.</summary>
internal static class BlobLock
{
    public static Task TakeAsync(NpgsqlConnection connection, BlobId blob, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"select pg_advisory_xact_lock({BitConverter.ToInt64(blob.ToArray())})", cancellationToken);
}
