using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Ingest.Chunking;
using AiStack.Ingest.Files;
using AiStack.Ingest.Parsing;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Processing;

/// <summary>
/// Turns a file into chunks, in one pass: parse, clean, cut. The chunks, the revision they belong to, and the word to
/// Retrieval that they are there are one transaction; a crash before it leaves nothing but a blob, and the work is done
/// again.
/// </summary>
internal sealed class ProcessFileHandler(
    NpgsqlDataSource database, IBlobStore blobs, DocumentParser parser, TimeProvider time, IngestTelemetry telemetry)
    : IWorkHandler<ProcessFile>
{
    /// <summary>Changes whenever parsing or chunking does: a new name makes new revisions beside the old.</summary>
    private const string Pipeline = "1";

    private static readonly FileFailure Deleted = new("invalid_file", "The file was deleted.");

    public static string Queue => ProcessFile.Queue;

    /// <summary>Small, so that a crash repeats little; more than one, so that small files share a claim.</summary>
    public static int MaxBatch => 8;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<ProcessFile>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await HandleAsync(projectId, lease, cancellationToken);
        }
    }

    public Task ParkedAsync(Lease<ProcessFile> lease, string reason, CancellationToken cancellationToken)
    {
        var failure = new FileFailure("server_error", $"The file could not be processed: {reason}.");
        var answer = new FileProcessed(lease.Payload.VectorStoreId, lease.Payload.FileId, null, failure);
        return database.InTransactionAsync(
            lease.ProjectId,
            async connection =>
            {
                await WorkQueue.EnqueueAsync(
                    connection, lease.ProjectId, FileProcessed.Queue, answer, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    private async Task HandleAsync(Id<Project> projectId, Lease<ProcessFile> lease, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var source = await FindAsync(projectId, lease.Payload, cancellationToken);
        var made = source switch
        {
            null => new Made(null, Deleted),
            { Revision: { } revision } => new Made(null, null, revision),
            _ => await MakeAsync(source, lease.Payload, cancellationToken),
        };

        await database.InTransactionAsync(
            projectId, connection => StoreAsync(connection, projectId, lease, made, cancellationToken),
            cancellationToken);
        telemetry.FileProcessed(made.Failure?.Code ?? "completed", time.GetElapsedTime(started));
    }

    private async Task<Source?> FindAsync(Id<Project> projectId, ProcessFile work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select f.filename, f.sha256, r.id
            from ingest.file f
            left join ingest.revision r on r.file_id = f.id and r.pipeline = {Pipeline}
                and r.max_chunk_tokens = {work.MaxChunkTokens} and r.overlap_tokens = {work.OverlapTokens}
            where f.id = {work.FileId} and f.deleted_at is null
            """,
            row => new Source(
                row.GetString(0),
                new BlobId(row.GetFieldValue<byte[]>(1)),
                row.IsDBNull(2) ? null : new Id<Revision>(row.GetGuid(2))),
            cancellationToken);
    }

    private async Task<Made> MakeAsync(Source source, ProcessFile work, CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenAsync(source.Blob, cancellationToken);
        if (content is null)
        {
            return new(null, new("server_error", "The file's bytes are gone from blob storage."));
        }

        var parsed = await parser.ParseAsync(content, source.Filename, cancellationToken);
        if (parsed.Document is not { } document)
        {
            return new(null, parsed.Failure);
        }

        var chunks = new Chunker(work.MaxChunkTokens, work.OverlapTokens).Cut(document).ToList();
        var text = await blobs.PutAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(document.Text)), long.MaxValue, cancellationToken);
        return text.TryGet(out var blob, out _)
            ? new(new(document, chunks, blob.Id), null)
            : throw new InvalidOperationException("The text is longer than what is not limited.");
    }

    private async Task<bool> StoreAsync(
        NpgsqlConnection connection, Id<Project> projectId, Lease<ProcessFile> lease, Made made,
        CancellationToken cancellationToken)
    {
        var work = lease.Payload;
        var revision = made.Revision;
        if (made.Document is { } document)
        {
            await BlobLock.HoldAsync(connection, blobs, document.TextBlob, cancellationToken);
            if (!await KeepFileAsync(connection, work.FileId, cancellationToken))
            {
                await UnneededBlobs.DeleteAsync(connection, blobs, [document.TextBlob], cancellationToken);
                return await AnswerAsync(
                    connection, lease, new(work.VectorStoreId, work.FileId, null, Deleted), cancellationToken);
            }

            revision = Id<Revision>.New();
            var isNew = await connection.ExecuteAsync(
                $"""
                insert into ingest.revision (id, project_id, file_id, pipeline, max_chunk_tokens, overlap_tokens,
                                             text_sha256, anchors, chunk_count, created_at)
                values ({revision.Value}, {projectId}, {work.FileId}, {Pipeline},
                        {work.MaxChunkTokens}, {work.OverlapTokens}, {document.TextBlob.ToArray()},
                        {JsonSerializer.Serialize(document.Parsed.Anchors, JsonSerializerOptions.Web)}::jsonb,
                        {document.Chunks.Count}, {time.GetUtcNow()})
                on conflict on constraint revision_once do nothing
                """, cancellationToken) == 1;
            if (isNew)
            {
                await ChunkRows.WriteAsync(
                    connection, projectId, work.FileId, revision.Value, document, cancellationToken);
                telemetry.ChunksMade(document.Chunks.Count);
            }
            else
            {
                revision = await ExistingAsync(connection, work, cancellationToken);
            }
        }

        return await AnswerAsync(
            connection, lease, new(work.VectorStoreId, work.FileId, revision, made.Failure), cancellationToken);
    }

    /// <summary>
    /// False when the file was deleted meanwhile: what is stored after that nobody would clear. It is not deleted before
    /// this transaction ends.
    /// </summary>
    private static Task<bool> KeepFileAsync(
        NpgsqlConnection connection, Id<StoredFile> file, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"select true from ingest.file where id = {file} and deleted_at is null for share",
            row => row.GetBoolean(0),
            cancellationToken);

    private static async Task<Id<Revision>> ExistingAsync(
        NpgsqlConnection connection, ProcessFile work, CancellationToken cancellationToken) =>
        await connection.FirstOrDefaultAsync(
            $"""
            select id
            from ingest.revision
            where file_id = {work.FileId} and pipeline = {Pipeline}
              and max_chunk_tokens = {work.MaxChunkTokens} and overlap_tokens = {work.OverlapTokens}
            """,
            row => new Id<Revision>(row.GetGuid(0)),
            cancellationToken);

    private static async Task<bool> AnswerAsync(
        NpgsqlConnection connection, Lease<ProcessFile> lease, FileProcessed answer,
        CancellationToken cancellationToken)
    {
        await WorkQueue.EnqueueAsync(connection, lease.ProjectId, FileProcessed.Queue, answer, cancellationToken);
        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        return true;
    }

    private sealed record Source(string Filename, BlobId Blob, Id<Revision>? Revision);

    private sealed record Made(CutDocument? Document, FileFailure? Failure, Id<Revision>? Revision = null);
}

/// <summary>A parsed document, the chunks it was cut into, and the blob that holds its text.</summary>
internal sealed record CutDocument(ParsedDocument Parsed, IReadOnlyList<TextChunk> Chunks, BlobId TextBlob);
