using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Ingest.Uploads;

/// <summary>Stores a part of an upload. Parts may come in any order, and at the same time.</summary>
internal sealed class AddUploadPart(
    NpgsqlDataSource database, IBlobStore blobs, TimeProvider time, IOptions<LargeUploadOptions> options)
{
    public static async Task<IResult> HandleAsync(
        string id, HttpRequest request, Caller caller, AddUploadPart add, CancellationToken cancellationToken)
    {
        if (!Id<Upload>.TryParse(id, null, out var uploadId))
        {
            return UploadEndpoints.NotFound(id).ToResult();
        }

        var outcome = await add.RunAsync(caller.ProjectId, uploadId, request, cancellationToken);
        return outcome.TryGet(out var part, out var fault) ? TypedResults.Ok(part) : fault.ToResult();
    }

    public async Task<Outcome<Part>> RunAsync(
        Id<Project> projectId, Id<Upload> uploadId, HttpRequest request, CancellationToken cancellationToken)
    {
        var fault = await database.InTransactionAsync(
            projectId, connection => CheckAsync(connection, uploadId, cancellationToken), cancellationToken);
        if (fault is not null)
        {
            return fault; // Before anything is read: a part is long.
        }

        Task DiscardAsync(StoredBlob blob) =>
            UnneededBlobs.DropAsync(database, projectId, blobs, blob.Id, cancellationToken);

        var read = await UploadForm.ReadAsync(
            request, "data", blobs, options.Value.MaxPartBytes, DiscardAsync, cancellationToken);
        if (!read.TryGet(out var form, out fault))
        {
            return fault;
        }

        var part = new Part(Id<UploadPart>.New(), uploadId, time.GetUtcNow().ToUnixTimeSeconds());
        fault = await database.InTransactionAsync(
            projectId,
            async connection => await CheckAsync(connection, uploadId, cancellationToken)
                ?? await InsertAsync(connection, projectId, part, form.Blob, cancellationToken),
            cancellationToken);
        if (fault is null)
        {
            return part;
        }

        await DiscardAsync(form.Blob);
        return fault;
    }

    private async Task<Fault?> CheckAsync(
        NpgsqlConnection connection, Id<Upload> uploadId, CancellationToken cancellationToken)
    {
        var upload = await UploadRow.FindAsync(connection, uploadId, cancellationToken);
        if (upload is null)
        {
            return UploadEndpoints.NotFound($"{uploadId}");
        }

        var count = await connection.FirstOrDefaultAsync(
            $"select count(*) from ingest.upload_part where upload_id = {uploadId}",
            row => row.GetInt64(0),
            cancellationToken);
        return upload.CheckPending(time.GetUtcNow()) ?? (count < options.Value.MaxParts
            ? null
            : new(FaultCode.InvalidArgument, $"The upload has {count} parts, which is the limit.", "data"));
    }

    private async Task<Fault?> InsertAsync(
        NpgsqlConnection connection, Id<Project> projectId, Part part, StoredBlob blob,
        CancellationToken cancellationToken)
    {
        await BlobLock.HoldAsync(connection, blobs, blob.Id, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            insert into ingest.upload_part (id, project_id, upload_id, sha256, size_bytes, created_at)
            values ({part.Id}, {projectId}, {part.UploadId}, {blob.Id.ToArray()}, {blob.SizeBytes}, {time.GetUtcNow()})
            """, cancellationToken);
        return null;
    }

    /// <summary>OpenAI's part.</summary>
    internal sealed record Part(Id<UploadPart> Id, Id<Upload> UploadId, long CreatedAt)
    {
        public string Object { get; } = "upload.part";
    }
}
