using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Uploads;

/// <summary>Makes the parts that are named, in their order, a file. Until then nothing of it can be seen.</summary>
internal sealed class CompleteUpload(
    NpgsqlDataSource database, IBlobStore blobs, TimeProvider time, IngestTelemetry telemetry)
{
    public static async Task<IResult> HandleAsync(
        string id, Request request, Caller caller, CompleteUpload complete, CancellationToken cancellationToken)
    {
        if (!Id<Upload>.TryParse(id, null, out var uploadId))
        {
            return UploadEndpoints.NotFound(id).ToResult();
        }

        var outcome = await complete.RunAsync(caller.ProjectId, uploadId, request, cancellationToken);
        return outcome.TryGet(out var upload, out var fault) ? TypedResults.Ok(upload) : fault.ToResult();
    }

    public async Task<Outcome<UploadObject>> RunAsync(
        Id<Project> projectId, Id<Upload> uploadId, Request request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // 1. The row stays locked while the parts are joined: it is completed once, and its parts stay.
        var upload = await UploadRow.FindAsync(connection, uploadId, cancellationToken);
        if (upload is null)
        {
            return UploadEndpoints.NotFound($"{uploadId}");
        }

        if (upload.CheckPending(time.GetUtcNow()) is { } ended)
        {
            return ended;
        }

        // 2. The parts, in the order asked for.
        var parts = Order(
            await PartsAsync(connection, uploadId, cancellationToken), request.PartIds ?? [], upload.SizeBytes);
        if (!parts.TryGet(out var ordered, out var fault))
        {
            return fault;
        }

        // 3. One blob of them all.
        var joined = await JoinAsync(connection, ordered, upload.SizeBytes, request.Md5, cancellationToken);
        if (!joined.TryGet(out var blob, out fault))
        {
            return fault;
        }

        // 4. A file, and a work item that clears the parts.
        var file = await new NewFile(upload.Filename, upload.Purpose, upload.MediaType, blob).InsertAsync(
            connection, projectId, blobs, time.GetUtcNow(), cancellationToken);
        await connection.ExecuteAsync(
            $"update ingest.upload set state = 'completed', file_id = {file.Id} where id = {uploadId}",
            cancellationToken);
        await WorkQueue.EnqueueAsync(
            connection, projectId, ClearUpload.QueueName, new ClearUpload(uploadId), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        telemetry.FileAccepted(blob.SizeBytes);
        return upload.ToObject("completed", file);
    }

    private static Task<List<StoredPart>> PartsAsync(
        NpgsqlConnection connection, Id<Upload> uploadId, CancellationToken cancellationToken) => connection.ListAsync(
        $"select id, sha256, size_bytes from ingest.upload_part where upload_id = {uploadId}",
        row => new StoredPart(
            new Id<UploadPart>(row.GetGuid(0)).ToString(), new(new(row.GetFieldValue<byte[]>(1)), row.GetInt64(2))),
        cancellationToken);

    private static Outcome<List<StoredBlob>> Order(List<StoredPart> parts, IReadOnlyList<string> ids, long sizeBytes)
    {
        var byId = parts.ToDictionary(part => part.Id, part => part.Blob, StringComparer.Ordinal);
        if (ids.FirstOrDefault(id => !byId.ContainsKey(id)) is { } unknown)
        {
            return new Fault(FaultCode.InvalidArgument, $"The upload has no part '{unknown}'.", "part_ids");
        }

        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Count)
        {
            return new Fault(FaultCode.InvalidArgument, "'part_ids' names a part twice.", "part_ids");
        }

        var ordered = ids.Select(id => byId[id]).ToList();
        var sum = ordered.Sum(part => part.SizeBytes);
        return sum == sizeBytes
            ? ordered
            : new Fault(
                FaultCode.InvalidArgument,
                $"The parts named hold {sum} bytes, but the upload was announced with {sizeBytes}.",
                "part_ids");
    }

    private async Task<Outcome<StoredBlob>> JoinAsync(
        NpgsqlConnection connection,
        List<StoredBlob> parts,
        long sizeBytes,
        string? md5,
        CancellationToken cancellationToken)
    {
        await using var content = new JoinedStream(parts.Select(part => part.Id), blobs);
        var stored = await blobs.PutAsync(content, sizeBytes, cancellationToken);
        var hash = content.Md5();
        if (!stored.TryGet(out var blob, out _) || string.IsNullOrEmpty(md5)
            || hash.Equals(md5, StringComparison.OrdinalIgnoreCase))
        {
            return stored;
        }

        await UnneededBlobs.DeleteAsync(connection, blobs, [blob.Id], cancellationToken);
        return new Fault(
            FaultCode.InvalidArgument, $"The parts together have the MD5 '{hash}', not the one given.", "md5");
    }

    internal sealed record Request(IReadOnlyList<string>? PartIds, string? Md5);

    private sealed record StoredPart(string Id, StoredBlob Blob);
}
