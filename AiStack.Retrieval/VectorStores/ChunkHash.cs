using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// What a chunk was made of: the bytes of its file, the pipeline and its settings. Who makes the same of the same has
/// the same hashes. They are of the text as it is given: of text that is masked nothing can be found out by trying.
/// </summary>
internal sealed record ChunkHash(byte[] Sha256, string Pipeline, int MaxChunkTokens, int OverlapTokens)
{
    public static Task<ChunkHash?> ReadAsync(
        NpgsqlConnection connection, Guid revision, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select sha256, pipeline, max_chunk_tokens, overlap_tokens
            from ingest.published_revision
            where id = {revision}
            """,
            row => new ChunkHash(row.GetFieldValue<byte[]>(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3)),
            cancellationToken);

    public string Of(ChunkObject chunk) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Convert.ToHexStringLower(Sha256)}\n{Pipeline}\n{MaxChunkTokens}\n{OverlapTokens}\n{chunk.Ordinal}\n"
            + $"{chunk.Start}\n{chunk.End}\n{OneLine(chunk.Heading)}\n{OneLine(chunk.TableHead)}\n{chunk.Text}"))));

    /// <summary>A part that cannot be taken for two.</summary>
    private static string OneLine(string? part) => JsonSerializer.Serialize(part);
}
