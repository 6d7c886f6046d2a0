using System.Diagnostics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Accepts a file. Its bytes are stored first, under their hash; then one transaction records the file. A crash between the
/// two leaves only a blob that nothing points to.
/// </summary>
internal sealed class UploadFile(
    NpgsqlDataSource database, IBlobStore blobs, TimeProvider time, IOptions<UploadOptions> options, IngestTelemetry telemetry)
{
    /// <summary>What a form holds beside the file: its fields and the lines between its parts.</summary>
    private const long FormOverheadBytes = 1 << 20;

    public static async Task<IResult> HandleAsync(
        HttpContext context, Caller caller, UploadFile upload, CancellationToken cancellationToken)
    {
        upload.Raise(context.Features.Get<IHttpMaxRequestBodySizeFeature>());
        var outcome = await upload.RunAsync(caller.ProjectId, context.Request, cancellationToken);
        return outcome.TryGet(out var file, out var fault) ? TypedResults.Ok(file) : fault.ToResult();
    }

    public async Task<Outcome<FileObject>> RunAsync(
        Id<Project> projectId, HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await UploadForm.ReadAsync(request, blobs, options.Value.MaxSizeBytes, cancellationToken);
        if (!read.TryGet(out var form, out var fault))
        {
            return fault;
        }

        var file = await database.InTransactionAsync(
            projectId, connection => InsertAsync(connection, projectId, form, cancellationToken), cancellationToken);
        telemetry.FileAccepted(form.Blob.SizeBytes);
        return file;
    }

    private async Task<FileObject> InsertAsync(
        NpgsqlConnection connection, Id<Project> projectId, UploadForm form, CancellationToken cancellationToken)
    {
        // The sweep that clears unneeded blobs takes the same lock: a blob cannot go while a file comes that needs it.
        await BlobLock.TakeAsync(connection, form.Blob.Id, cancellationToken);
        await using (var stored = await blobs.OpenAsync(form.Blob.Id, cancellationToken))
        {
            if (stored is null)
            {
                throw new BlobsUnavailableException("The blob was cleared while it was uploaded.", new FileNotFoundException());
            }
        }

        var file = await connection.FirstOrDefaultAsync(
            $"""
            insert into ingest.file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)
            values ({Id<StoredFile>.New()}, {projectId}, {form.Filename}, {form.Purpose}, {form.MediaType},
                    {form.Blob.Id.ToArray()}, {form.Blob.SizeBytes}, {time.GetUtcNow()})
            returning id, filename, purpose, size_bytes, created_at
            """,
            FileObject.Read,
            cancellationToken);
        return file ?? throw new UnreachableException("An insert returns its row.");
    }

    private void Raise(IHttpMaxRequestBodySizeFeature? limit)
    {
        if (limit is { IsReadOnly: false })
        {
            limit.MaxRequestBodySize = options.Value.MaxSizeBytes + FormOverheadBytes;
        }
    }
}
