using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Deletes a file. It can be neither read nor found from this moment on; what was made of it (chunks, index entries,
/// blobs) is cleared by work that is queued in the same transaction.
/// </summary>
internal static class DeleteFile
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotFound(id).ToResult();
        }

        var deleted = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                var rows = await connection.ExecuteAsync(
                    $"""
                    update ingest.file
                    set deleted_at = {time.GetUtcNow()}
                    where id = {fileId} and deleted_at is null
                    """,
                    cancellationToken);
                if (rows == 1)
                {
                    await WorkQueue.EnqueueAsync(
                        connection, caller.ProjectId, ClearFile.QueueName, new ClearFile(fileId), cancellationToken);
                    await WorkQueue.EnqueueAsync(
                        connection, caller.ProjectId, FileDeleted.Queue, new FileDeleted(fileId), cancellationToken);
                }

                return rows == 1;
            },
            cancellationToken);

        return deleted ? TypedResults.Ok(new Deleted(fileId)) : FileEndpoints.NotFound(id).ToResult();
    }

    internal sealed record Deleted(Id<StoredFile> Id)
    {
        public string Object { get; } = "file";

        [System.Text.Json.Serialization.JsonPropertyName("deleted")]
        public bool IsDeleted { get; } = true;
    }
}
