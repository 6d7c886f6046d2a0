using AiStack.Contracts;
using AiStack.Evals.Datasets;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Evals.Runs;

/// <summary>Fetches the items that a run names: from an uploaded file, or from the request itself.</summary>
internal sealed class DatasetSource(
    NpgsqlDataSource database, IBlobStore blobs, DatasetReader reader, IOptions<DatasetOptions> options)
{
    private const string FileParameter = "data_source.source.id";

    public async Task<Outcome<Dataset>> ReadAsync(
        Caller caller, DataSource.ItemSource source, ItemSchema schema, CancellationToken cancellationToken)
    {
        if (source.Type == DataSource.ContentSource)
        {
            return reader.ReadContent(source.Content!, schema);
        }

        if (!Id<StoredFile>.TryParse(source.Id, null, out var id)
            || await FindAsync(caller, id, cancellationToken) is not { } file)
        {
            return new Fault(FaultCode.NotFound, "There is no such file in this project.", FileParameter);
        }

        if (file.SizeBytes > options.Value.MaxBytes)
        {
            return new Fault(
                FaultCode.PayloadTooLarge, $"A dataset has at most {options.Value.MaxBytes} bytes.", FileParameter);
        }

        // A file deleted since then has lost its blob, or is about to.
        await using var content = await blobs.OpenVerifyingAsync(file.Blob, cancellationToken);
        if (content is null)
        {
            return new Fault(FaultCode.NotFound, "There is no such file in this project.", FileParameter);
        }

        using var bytes = new MemoryStream((int)file.SizeBytes);
        await content.CopyToAsync(bytes, cancellationToken);
        return reader.ReadLines(bytes.ToArray(), schema);
    }

    private async Task<PublishedFile?> FindAsync(
        Caller caller, Id<StoredFile> id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select sha256, size_bytes
            from ingest.published_file
            where id = {id}
              and ({caller.Principals is null} or not ingest.is_for_others(id, {caller.PrincipalNames()}))
            """,
            row => new PublishedFile(new BlobId(row.GetFieldValue<byte[]>(0)), row.GetInt64(1)),
            cancellationToken);
    }

    private sealed record PublishedFile(BlobId Blob, long SizeBytes);
}
