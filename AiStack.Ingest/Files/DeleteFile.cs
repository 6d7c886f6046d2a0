using AiStack.Contracts;
using AiStack.Ingest.Holds;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Deletes a file. It can be neither read nor found from this moment on; what was made of it (chunks, index entries,
/// blobs) is cleared by work that is queued in the same transaction.
/// </summary>
internal static class DeleteFile
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, HeldFiles held, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotFound(id).ToResult();
        }

        var deleted = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                if (await held.CheckAsync(connection, fileId, cancellationToken) is { } refusal)
                {
                    return (Outcome<List<Id<StoredFile>>>)refusal;
                }

                await ListAgain.OfFileAsync(connection, fileId, cancellationToken);
                return await DeleteFiles.RunAsync(
                    connection, caller.ProjectId, [fileId.Value], time.GetUtcNow(), cancellationToken);
            },
            cancellationToken);

        if (!deleted.TryGet(out var files, out var fault))
        {
            return fault.ToResult();
        }

        return files.Count == 1
            ? TypedResults.Ok(new Deleted(fileId))
            : FileEndpoints.NotFound(id).ToResult();
    }

    internal sealed record Deleted(Id<StoredFile> Id)
    {
        public string Object { get; } = "file";

        [System.Text.Json.Serialization.JsonPropertyName("deleted")]
        public bool IsDeleted { get; } = true;
    }
}
