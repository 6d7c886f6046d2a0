using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Uploads;

/// <summary>Ends an upload without a file; its parts are deleted.</summary>
internal static class CancelUpload
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Id<Upload>.TryParse(id, null, out var uploadId))
        {
            return UploadEndpoints.NotFound(id).ToResult();
        }

        var outcome = await database.InTransactionAsync(
            caller.ProjectId,
            connection => RunAsync(connection, caller.ProjectId, uploadId, time.GetUtcNow(), cancellationToken),
            cancellationToken);
        return outcome.TryGet(out var upload, out var fault) ? TypedResults.Ok(upload) : fault.ToResult();
    }

    private static async Task<Outcome<UploadObject>> RunAsync(
        NpgsqlConnection connection,
        Id<Project> projectId,
        Id<Upload> uploadId,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var upload = await UploadRow.FindAsync(connection, uploadId, cancellationToken);
        if (upload is null)
        {
            return UploadEndpoints.NotFound($"{uploadId}");
        }

        if (upload.CheckPending(now) is { } fault)
        {
            return fault;
        }

        await connection.ExecuteAsync(
            $"update ingest.upload set state = 'cancelled' where id = {uploadId}", cancellationToken);
        await WorkQueue.EnqueueAsync(
            connection, projectId, ClearUpload.QueueName, new ClearUpload(uploadId), cancellationToken);
        return upload.ToObject("cancelled");
    }
}
