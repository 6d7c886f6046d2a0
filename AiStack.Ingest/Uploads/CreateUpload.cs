using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Ingest.Uploads;

/// <summary>
/// Begins an upload. It ends by being completed, by being cancelled, or by itself: that is queued with it.
/// </summary>
internal sealed class CreateUpload(NpgsqlDataSource database, TimeProvider time, IOptions<LargeUploadOptions> options)
{
    private const int MaxMediaTypeLength = 200;

    public static async Task<IResult> HandleAsync(
        Request request, Caller caller, CreateUpload create, CancellationToken cancellationToken)
    {
        var outcome = await create.RunAsync(caller.ProjectId, request, cancellationToken);
        return outcome.TryGet(out var upload, out var fault) ? TypedResults.Ok(upload) : fault.ToResult();
    }

    public async Task<Outcome<UploadObject>> RunAsync(
        Id<Project> projectId, Request request, CancellationToken cancellationToken)
    {
        if (Check(request) is { } fault)
        {
            return fault;
        }

        var now = time.GetUtcNow();
        var upload = new UploadRow(
            Id<Upload>.New(), FileRules.Name(request.Filename)!, request.Purpose!, request.MimeType!,
            request.Bytes!.Value,
            "pending", now, now + options.Value.Expiry);
        await database.InTransactionAsync(
            projectId, connection => InsertAsync(connection, projectId, upload, cancellationToken), cancellationToken);
        return upload.ToObject(upload.State);
    }

    private async Task<bool> InsertAsync(
        NpgsqlConnection connection, Id<Project> projectId, UploadRow upload, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"""
            insert into ingest.upload (
                id, project_id, filename, purpose, media_type, size_bytes, created_at, expires_at)
            values (
                {upload.Id}, {projectId}, {upload.Filename}, {upload.Purpose}, {upload.MediaType}, {upload.SizeBytes},
                {upload.CreatedAt}, {upload.ExpiresAt})
            """, cancellationToken);
        await WorkQueue.EnqueueAllAsync(
            connection, projectId, ClearUpload.QueueName, [new ClearUpload(upload.Id)], cancellationToken,
            options.Value.Expiry);
        return true;
    }

    private Fault? Check(Request request)
    {
        var maxBytes = options.Value.MaxSizeBytes;
        if (FileRules.Name(request.Filename) is null)
        {
            return FileRules.BadName("filename");
        }

        if (request.Bytes is not { } bytes || bytes < 1 || bytes > maxBytes)
        {
            return new(FaultCode.InvalidArgument, $"'bytes' must be the file's size, 1 to {maxBytes}.", "bytes");
        }

        if (request.MimeType is not { Length: > 0 and <= MaxMediaTypeLength })
        {
            return new(
                FaultCode.InvalidArgument, $"'mime_type' must have 1 to {MaxMediaTypeLength} characters.", "mime_type");
        }

        return request.ExpiresAfter is { ValueKind: not JsonValueKind.Null }
            ? FileRules.ExpiryUnsupported()
            : FileRules.CheckPurpose(request.Purpose);
    }

    internal sealed record Request(
        string? Filename, string? Purpose, long? Bytes, string? MimeType, JsonElement? ExpiresAfter);
}
