using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.TextAnalysis;
using Npgsql;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Reads the texts of chunks that were found; of files that were deleted or superseded meanwhile, or are no longer for
/// those who ask, there are none.
/// </summary>
internal sealed class PassageRows(NpgsqlDataSource database, EmbedderIdentity embedder, StandInKeys keys)
{
    public async Task<List<PassageRow>> ReadAsync(
        Id<Project> projectId,
        IReadOnlySet<string> principals,
        IReadOnlyList<StoreHit> hits,
        CancellationToken cancellationToken)
    {
        // Conditions, because a join does not pass into a published view: every chunk and file of
        // the project would be read.
        var stores = hits.Select(hit => hit.Store.Value).Distinct().ToArray();
        var files = hits.Select(hit => hit.Chunk.FileId.Value).Distinct().ToArray();
        var chunks = hits.Select(hit => hit.Chunk.Id.Value).Distinct().ToArray();
        var standIns = keys.Of(projectId);
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.ListAsync(
            $"""
            select c.id, c.file_id, f.filename, c.ordinal, c.text, c.start_offset, c.end_offset, c.page, c.heading,
                   c.table_head, c.language, s.document_attributes || s.attributes, s.vector_store_id, s.traceparent,
                   case when s.embedder = {embedder.Name} then e.sentence_vectors end, c.origin, c.boxes,
                   c.details, v.privacy
            from ingest.published_chunk c
            join ingest.published_file f on f.id = c.file_id
            join retrieval.store_file s on s.file_id = c.file_id
            join retrieval.vector_store v on v.id = s.vector_store_id
            left join retrieval.entry e
                on e.vector_store_id = s.vector_store_id and e.file_id = c.file_id and e.ordinal = c.ordinal
                   and e.chunk_id = c.id
            where c.id = any({chunks}) and f.id = any({files})
              and s.vector_store_id = any({stores}) and s.file_id = any({files})
              and (s.principals is null or s.principals && {principals.ToArray()})
              and (f.superseded_at is null or v.snapshot_of is not null
                   or greatest(s.created_at, s.restored_at) > f.superseded_at)
            """,
            row => PassageRow.Read(row, standIns),
            cancellationToken);
    }
}

/// <summary>A chunk's text, and what its passage says of it.</summary>
internal sealed record PassageRow(
    Id<Chunk> ChunkId,
    Id<StoredFile> FileId,
    string Filename,
    int Ordinal,
    string Text,
    int Start,
    int End,
    int? Page,
    string? Heading,
    string? TableHead,
    string? Language,
    JsonElement Attributes,
    Id<VectorStore> StoreId,
    string? TraceParent,
    byte[]? SentenceVectors,
    Origin? Origin)
{
    /// <summary>A row, with what its store masks or has stand-ins for covered.</summary>
    public static PassageRow Read(NpgsqlDataReader row, StandIns standIns)
    {
        var (text, policy) = (row.GetString(4), PrivacyPolicy.Read(row, 18, standIns));
        return new(
            new(row.GetGuid(0)),
            new(row.GetGuid(1)),
            policy.MaskedName(row.GetString(2))!,
            row.GetInt32(3),
            policy.Masked(text, policy.DetailsOf(row, 17, text)),
            row.GetInt32(5),
            row.GetInt32(6),
            row.IsDBNull(7) ? null : row.GetInt32(7),
            policy.Masked(row.IsDBNull(8) ? null : row.GetString(8)),
            policy.Masked(row.IsDBNull(9) ? null : row.GetString(9)),
            row.IsDBNull(10) ? null : row.GetString(10),
            policy.Masked(JsonSerializer.Deserialize<JsonElement>(row.GetString(11))),
            new(row.GetGuid(12)),
            row.IsDBNull(13) ? null : row.GetString(13),
            row.IsDBNull(14) ? null : row.GetFieldValue<byte[]>(14),
            StoredOrigin.Read(row, 15, row.GetInt32(5)));
    }

    public Passage ToPassage(FoundChunk chunk, SentenceRanking ranking, bool ranksSentences)
    {
        var language = Languages.Find(Language) ?? Languages.Of(Text);
        var sentences = ranking.Rank(Text, $"{Heading}\n{TableHead}", language, SentenceVectors);
        var score = ranksSentences ? SentenceRanking.Blend(chunk.Score, sentences) : chunk.Score;
        return new(
            StoreId,
            FileId,
            Filename,
            ChunkId,
            Ordinal,
            Text,
            score,
            new(chunk.Bm25, chunk.Dense, chunk.Fused),
            Start,
            End,
            Page,
            Heading,
            Attributes)
        {
            TableHead = TableHead,
            Language = language.Code,
            Origin = Origin,
            Sentences = sentences,
            NearDuplicates = chunk.NearDuplicates,
        };
    }
}
