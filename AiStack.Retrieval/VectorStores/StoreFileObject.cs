using System.Text.Json;
using AiStack.Contracts;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>Why a file cannot be searched.</summary>
/// <param name="Code"><c>unsupported_file</c>, <c>invalid_file</c> or <c>server_error</c>.</param>
internal sealed record LastError(string Code, string Message);

/// <summary>OpenAI's object for a file in a store, and what it has no field for.</summary>
/// <param name="Warnings">
/// What to know before trusting the text of a completed file, by the codes of its report
/// (<c>GET /api/files/{id}/report</c>).
/// </param>
/// <param name="DocumentAttributes">What the file says of itself; filters see it below its attributes.</param>
/// <param name="Principals">Whom it is for; null for everybody who may search, and an empty list for nobody.</param>
/// <param name="Filename">An extension: its name, with what the store covers covered; null once it is deleted.</param>
internal sealed record StoreFileObject(
    Id<StoredFile> Id,
    Id<VectorStore> VectorStoreId,
    string Status,
    LastError? LastError,
    StoreFileObject.Strategy ChunkingStrategy,
    JsonElement Attributes,
    long UsageBytes,
    long CreatedAt,
    IReadOnlyList<string> Warnings,
    JsonElement DocumentAttributes,
    IReadOnlyList<string>? Principals,
    string? Filename)
{
    public string Object { get; } = "vector_store.file";

    /// <summary>What <c>auto</c> became is shown, as OpenAI shows it.</summary>
    internal sealed record Strategy(StaticChunking Static)
    {
        public string Type { get; } = "static";
    }

    /// <summary>
    /// Null where there is no such file, and where it is for others. Who shows it gives <paramref name="standIns"/>.
    /// </summary>
    public static Task<StoreFileObject?> FindAsync(
        NpgsqlConnection connection,
        Id<VectorStore> storeId,
        Id<StoredFile> fileId,
        Sight sight,
        CancellationToken cancellationToken,
        StandIns? standIns = null) =>
        connection.FirstOrDefaultAsync(
            $"""
            select file_id, vector_store_id, state, error_code, error_message, max_chunk_tokens, overlap_tokens,
                   attributes, usage_bytes, created_at, warnings, document_attributes, principals,
                   (select filename from ingest.published_file p where p.id = file_id),
                   (select privacy from retrieval.vector_store where id = {storeId})
            from retrieval.store_file
            where vector_store_id = {storeId} and file_id = {fileId} and removed_at is null
              and ({sight.OfAll} or principals is null or principals && {sight.Principals})
            """,
            row => Read(row, standIns),
            cancellationToken);

    /// <summary>
    /// Reads a row of: file_id, vector_store_id, state, error_code, error_message, max_chunk_tokens, overlap_tokens,
    /// attributes, usage_bytes, created_at, warnings, document_attributes, principals, filename, privacy.
    /// </summary>
    public static StoreFileObject Read(NpgsqlDataReader row, StandIns? standIns)
    {
        var policy = PrivacyPolicy.Read(row, 14, standIns);
        return new(
            new(row.GetGuid(0)),
            new(row.GetGuid(1)),
            row.GetString(2),
            row.IsDBNull(3) ? null : new(row.GetString(3), row.GetString(4)),
            new(new(row.GetInt32(5), row.GetInt32(6))),
            JsonSerializer.Deserialize<JsonElement>(row.GetString(7)),
            row.GetInt64(8),
            row.GetFieldValue<DateTimeOffset>(9).ToUnixTimeSeconds(),
            row.GetFieldValue<string[]>(10),
            policy.Masked(JsonSerializer.Deserialize<JsonElement>(row.GetString(11))),
            row.IsDBNull(12) ? null : row.GetFieldValue<string[]>(12),
            policy.MaskedName(row.IsDBNull(13) ? null : row.GetString(13)));
    }
}
