using System.Runtime.InteropServices;
using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Privacy;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.AI;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// Gives files that their words find already their vectors, some chunks at a time: those of its chunks first, which
/// searches see when the file has all, then those of its sentences, which they see at once. The beginnings of files
/// come before all else, the newest first; then what is left of long ones, a part of each in turn; then sentences.
/// </summary>
internal sealed class EmbedFileHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
    IEmbeddingGenerator<string, Embedding<float>> embedder,
    EmbedderIdentity identity,
    StandInKeys standIns,
    SearchTraffic traffic,
    TimeProvider time)
    : IWorkHandler<EmbedFile>
{
    /// <summary>Some seconds' work on one core: a crash repeats no more.</summary>
    private const int ChunksAtOnce = 64;

    public static string Queue => EmbedFile.Queue;

    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<EmbedFile>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            var (texts, privacy) = await ReadAsync(projectId, lease.Payload, cancellationToken);
            var vectors = lease.Payload.Part == EmbedPart.Chunks
                ? await ChunksAsync(texts, cancellationToken)
                : await SentencesAsync(texts, cancellationToken);
            await database.InTransactionAsync(
                projectId, connection => StoreAsync(connection, lease, vectors, privacy, cancellationToken),
                cancellationToken);
        }
    }

    /// <summary>A store that is reprocessed waits for it no more: of this file it keeps what it has.</summary>
    public Task ParkedAsync(Lease<EmbedFile> lease, string reason, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            lease.ProjectId,
            connection => connection.ExecuteAsync(
                $"""
                update retrieval.store_file
                set state = 'failed', error_code = 'server_error',
                    error_message = {$"Its vectors could not be made: {reason}."}
                where vector_store_id = {lease.Payload.VectorStoreId} and file_id = {lease.Payload.FileId}
                  and vector_store_id in (
                      select id from retrieval.vector_store where snapshot_kind = 'reprocessing')
                """, cancellationToken),
            cancellationToken);

    /// <summary>The first chunks that have not what is asked for, and the privacy policy that they were read by.
    /// </summary>
    private async Task<(List<IndexedText> Texts, string? Privacy)> ReadAsync(
        Id<Project> projectId, EmbedFile file, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var privacy = await PseudonymRows.PolicyAsync(connection, file.VectorStoreId, cancellationToken);
        var ordinals = await connection.ListAsync(
            $"""
            select ordinal
            from retrieval.entry
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
              and case when {file.Part == EmbedPart.Chunks} then vector = '' else sentence_vectors is null end
            order by ordinal
            limit {ChunksAtOnce}
            """,
            row => row.GetInt32(0),
            cancellationToken);
        List<IndexedText> texts = ordinals.Count == 0
            ? []
            : await IndexedText.ReadAsync(
                connection, file.VectorStoreId, file.FileId, file.RevisionId, title: null, [.. ordinals],
                standIns.Of(projectId), cancellationToken);
        return (texts, privacy);
    }

    private async Task<List<EmbeddedText>> ChunksAsync(List<IndexedText> texts, CancellationToken cancellationToken)
    {
        var embedded = new List<EmbeddedText>(texts.Count);
        while (embedded.Count < texts.Count)
        {
            // One after the other while somebody searches: the cores are for searches first.
            var next = texts.Skip(embedded.Count).Take(traffic.IsQuiet ? Environment.ProcessorCount : 1).ToList();
            var vectors = await embedder.GenerateAsync(
                next.Select(text => text.Whole), cancellationToken: cancellationToken);
            embedded.AddRange(next.Zip(vectors, (text, made) =>
            {
                var vector = new byte[made.Vector.Length];
                var scale = Quantized.Write(made.Vector.Span, MemoryMarshal.Cast<byte, sbyte>(vector.AsSpan()));
                return new EmbeddedText(text, vector, scale, null);
            }));
        }

        return embedded;
    }

    private async Task<List<EmbeddedText>> SentencesAsync(
        List<IndexedText> texts, CancellationToken cancellationToken)
    {
        var embedded = new List<EmbeddedText>(texts.Count);
        foreach (var text in texts)
        {
            var vectors = new List<ReadOnlyMemory<float>>();
            foreach (var sentence in identity.Knows(text.Language) ? text.Sentences : [])
            {
                vectors.Add((await embedder.GenerateAsync([sentence], cancellationToken: cancellationToken))[0].Vector);
            }

            embedded.Add(new(text, null, 0, SentenceVectors.Write(vectors)));
        }

        return embedded;
    }

    private async Task<bool> StoreAsync(
        NpgsqlConnection connection,
        Lease<EmbedFile> lease,
        List<EmbeddedText> embedded,
        string? privacy,
        CancellationToken cancellationToken)
    {
        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        var file = lease.Payload;
        var isLast = embedded.Count < ChunksAtOnce;

        // The store before its file and the file before its entries, as everywhere: two workers cannot wait for
        // each other.
        var version = isLast && file.Part == EmbedPart.Chunks
            ? await connection.BumpVersionAsync(file.VectorStoreId, time.GetUtcNow(), cancellationToken)
            : (long?)null;
        if (!await IsWantedAsync(connection, file, cancellationToken))
        {
            // It was detached, or read again, which has work of its own in the queue.
            return false;
        }

        // The file's row is locked: whoever indexes it by a newer policy did so before, or clears these vectors after.
        if (await PseudonymRows.PolicyAsync(connection, file.VectorStoreId, cancellationToken) != privacy)
        {
            await EnqueueAsync(file, WorkTurn.Early);
            return true;
        }

        var bytes = await WriteAsync(connection, file, embedded, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update retrieval.store_file
            set is_embedded = is_embedded or {isLast},
                has_sentences = case when {isLast} then {file.Part == EmbedPart.Sentences} else has_sentences end,
                usage_bytes = usage_bytes + {bytes}, version = coalesce({version}, version)
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
            """, cancellationToken);
        if (!isLast)
        {
            await EnqueueAsync(file, file.Part == EmbedPart.Chunks ? WorkTurn.Early : WorkTurn.Last);
        }
        else if (file.Part == EmbedPart.Chunks)
        {
            await EnqueueAsync(file with { Part = EmbedPart.Sentences }, WorkTurn.Last);
        }

        return true;

        Task EnqueueAsync(EmbedFile next, WorkTurn turn) => WorkQueue.EnqueueAllAsync(
            connection, lease.ProjectId, Queue, [next], cancellationToken, turn: turn);
    }

    private static Task<bool> IsWantedAsync(
        NpgsqlConnection connection, EmbedFile file, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select true
            from retrieval.store_file
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
              and revision_id = {file.RevisionId} and state = 'completed' and removed_at is null
            for update
            """,
            row => row.GetBoolean(0),
            cancellationToken);

    /// <summary>Returns the bytes that were written; what has its vector already keeps it.</summary>
    private static Task<long> WriteAsync(
        NpgsqlConnection connection, EmbedFile file, List<EmbeddedText> embedded, CancellationToken cancellationToken)
    {
        var ordinals = embedded.Select(text => text.Text.Ordinal).ToArray();
        var chunks = embedded.Select(text => text.Text.ChunkId.Value).ToArray();
        var vectors = embedded.Select(text => text.Vector).ToArray();
        var scales = embedded.Select(text => text.Scale).ToArray();
        var sentences = embedded.Select(text => text.Sentences).ToArray();
        return connection.FirstOrDefaultAsync(
            $"""
            with written as (
                update retrieval.entry entry
                set vector = coalesce(made.vector, entry.vector),
                    scale = case when made.vector is null then entry.scale else made.scale end,
                    sentence_vectors = coalesce(made.sentences, entry.sentence_vectors)
                from unnest({ordinals}, {chunks}, {vectors}, {scales}, {sentences})
                    as made (ordinal, chunk_id, vector, scale, sentences)
                where entry.vector_store_id = {file.VectorStoreId} and entry.file_id = {file.FileId}
                  and entry.ordinal = made.ordinal and entry.chunk_id = made.chunk_id
                  and (entry.vector = '' or (made.vector is null and entry.sentence_vectors is null))
                returning coalesce(octet_length(made.vector), octet_length(made.sentences)) as bytes
            )
            select coalesce(sum(bytes), 0) from written
            """,
            row => row.GetInt64(0),
            cancellationToken);
    }

    /// <summary>Its vector, or those of its sentences.</summary>
    private sealed record EmbeddedText(IndexedText Text, byte[]? Vector, float Scale, byte[]? Sentences);
}
