using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Accepts a file. Its bytes are stored first, under their hash; then one transaction records the file. A crash between
/// the two leaves only a blob that nothing points to.
/// </summary>
internal sealed class UploadFile(
    NpgsqlDataSource database, IBlobStore blobs, TimeProvider time, IOptions<UploadOptions> options,
    IngestTelemetry telemetry)
{
    public static async Task<IResult> HandleAsync(
        HttpRequest request, Caller caller, UploadFile upload, CancellationToken cancellationToken)
    {
        var outcome = await upload.RunAsync(caller.ProjectId, request, cancellationToken);
        return outcome.TryGet(out var file, out var fault) ? TypedResults.Ok(file) : fault.ToResult();
    }

    public async Task<Outcome<FileObject>> RunAsync(
        Id<Project> projectId, HttpRequest request, CancellationToken cancellationToken)
    {
        Task DiscardAsync(StoredBlob blob) =>
            UnneededBlobs.DropAsync(database, projectId, blobs, blob.Id, cancellationToken);

        var read = await UploadForm.ReadAsync(
            request, "file", blobs, options.Value.MaxSizeBytes, DiscardAsync, cancellationToken);
        if (!read.TryGet(out var form, out var fault))
        {
            return fault;
        }

        if (!form.ToFile().TryGet(out var file, out fault))
        {
            await DiscardAsync(form.Blob);
            return fault;
        }

        var stored = await database.InTransactionAsync(
            projectId,
            connection => file.InsertAsync(connection, projectId, blobs, time.GetUtcNow(), cancellationToken),
            cancellationToken);
        telemetry.FileAccepted(file.Blob.SizeBytes);
        return stored;
    }
}
