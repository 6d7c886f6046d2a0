using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Paging;
using Npgsql;

namespace AiStack.Serving.Batches;

/// <summary>OpenAI's batch object. Times are Unix seconds.</summary>
/// <param name="Cost">
/// What its answers cost; null when the price of one is unknown. Not OpenAI's, nor is the currency.
/// </param>
internal sealed record BatchObject(
    Id<Batch> Id,
    string Endpoint,
    JsonElement? Errors,
    string InputFileId,
    string Status,
    string? OutputFileId,
    string? ErrorFileId,
    long CreatedAt,
    long? InProgressAt,
    long? ExpiresAt,
    long? FinalizingAt,
    long? CompletedAt,
    long? FailedAt,
    long? ExpiredAt,
    long? CancellingAt,
    long? CancelledAt,
    BatchObject.Counts RequestCounts,
    BatchObject.Tokens Usage,
    decimal? Cost,
    string? Currency,
    JsonElement Metadata)
{
    private static readonly PageRequest _only = new(null, null, 1, SortDirection.Ascending, IsBackwards: false);

    public string Object { get; } = "batch";

    public string CompletionWindow { get; } = "24h";

    public static async Task<BatchObject?> FindAsync(
        NpgsqlConnection connection, Id<Batch> id, CancellationToken cancellationToken) =>
        (await ListAsync(connection, id.Value, _only, cancellationToken)).FirstOrDefault();

    /// <summary>The batches of a page; with an id, that one alone.</summary>
    public static Task<List<BatchObject>> ListAsync(
        NpgsqlConnection connection, Guid? only, PageRequest page, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select id, endpoint, errors, input_file_id, status, output_file_id, error_file_id, created_at,
                   in_progress_at, expires_at, finalizing_at, ended_at, cancelling_at, total, completed, failed,
                   metadata, input_tokens, cached_tokens, output_tokens, reasoning_tokens,
                   case when unpriced = 0 and completed > 0 then cost end, currency
            from serving.batch
            where ({only}::uuid is null or id = {only})
                and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
                and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            Read,
            cancellationToken);

    private static BatchObject Read(NpgsqlDataReader row)
    {
        var status = row.GetString(4);
        var ended = Seconds(row, 11);
        return new(
            new(row.GetGuid(0)),
            row.GetString(1),
            row.IsDBNull(2) ? null : JsonElement.Parse(row.GetString(2)),
            row.GetString(3),
            status,
            row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? null : row.GetString(6),
            Seconds(row, 7)!.Value,
            Seconds(row, 8),
            Seconds(row, 9),
            Seconds(row, 10),
            status == "completed" ? ended : null,
            status == "failed" ? ended : null,
            status == "expired" ? ended : null,
            Seconds(row, 12),
            status == "cancelled" ? ended : null,
            new(row.GetInt32(13), row.GetInt32(14), row.GetInt32(15)),
            new(
                row.GetInt64(17), new(row.GetInt64(18)), row.GetInt64(19), new(row.GetInt64(20))),
            row.IsDBNull(21) ? null : row.GetDecimal(21),
            row.IsDBNull(22) ? null : row.GetString(22),
            JsonElement.Parse(row.GetString(16)));
    }

    private static long? Seconds(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column).ToUnixTimeSeconds();

    internal sealed record Counts(int Total, int Completed, int Failed);

    /// <summary>What the answers so far took.</summary>
    internal sealed record Tokens(
        long InputTokens, Cached InputTokensDetails, long OutputTokens, Reasoning OutputTokensDetails)
    {
        public long TotalTokens => InputTokens + OutputTokens;
    }

    internal sealed record Cached(long CachedTokens);

    internal sealed record Reasoning(long ReasoningTokens);
}
