using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Paging;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>How many files are in which state.</summary>
internal sealed record FileCounts(int InProgress, int Completed, int Failed, int Cancelled)
{
    public int Total => InProgress + Completed + Failed + Cancelled;
}

/// <summary>How a store's completed files were read.</summary>
/// <param name="Warned">Those whose report has warnings.</param>
/// <param name="Outdated">Those that an older parser read.</param>
/// <param name="WordsOnly">Those that only their words find so far: their vectors follow.</param>
/// <param name="SentencesFollow">Those found by their vectors, whose sentences have none yet.</param>
internal sealed record Readings(int Warned, int Outdated, int WordsOnly, int SentencesFollow);

/// <summary>When a store expires: so many days after it was last used.</summary>
internal sealed record ExpiresAfter(string Anchor, int Days)
{
    public const string LastActiveAt = "last_active_at";

    private const int MaxDays = 365;

    public static Fault? Check(ExpiresAfter? expiry) => expiry switch
    {
        null => null,
        { Anchor: not LastActiveAt } => new(
            FaultCode.InvalidArgument, $"'expires_after.anchor' must be '{LastActiveAt}'.", "expires_after.anchor"),
        { Days: < 1 or > MaxDays } => new(
            FaultCode.InvalidArgument, $"'expires_after.days' must be from 1 to {MaxDays}.", "expires_after.days"),
        _ => null,
    };
}

/// <summary>OpenAI's vector store object, and what it has no field for.</summary>
internal sealed record VectorStoreObject(
    Id<VectorStore> Id,
    string Name,
    string? Description,
    JsonElement Metadata,
    long CreatedAt,
    long LastActiveAt,
    ExpiresAfter? ExpiresAfter,
    long? ExpiresAt,
    bool IsExpired,
    long UsageBytes,
    FileCounts FileCounts,
    Readings Readings)
{
    public string Object { get; } = "vector_store";

    public string Status => IsExpired ? "expired" : FileCounts.InProgress > 0 ? "in_progress" : "completed";

    [JsonIgnore]
    public bool IsExpired { get; init; } = IsExpired;

    public static async Task<VectorStoreObject?> FindAsync(
        NpgsqlConnection connection, Id<VectorStore> id, Sight sight, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, [id.Value], sight, SortDirection.Ascending, cancellationToken)).SingleOrDefault();

    public static async Task<Page<VectorStoreObject>> ListAsync(
        NpgsqlConnection connection, PageRequest page, Sight sight, CancellationToken cancellationToken)
    {
        var ids = await connection.ListAsync(
            $"""
            select id
            from retrieval.vector_store
            where snapshot_of is null
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => row.GetGuid(0),
            cancellationToken);
        var stores = await ReadAsync(connection, [.. ids], sight, page.Direction, cancellationToken);
        return page.Of(stores, store => store.Id.ToString());
    }

    /// <summary>The stores; what they count are the files that are in sight.</summary>
    private static Task<List<VectorStoreObject>> ReadAsync(
        NpgsqlConnection connection, Guid[] ids, Sight sight, SortDirection direction,
        CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select s.id, s.name, s.description, s.metadata, s.created_at, s.last_active_at, s.expires_after_days,
                   retrieval.expires_at(s), coalesce(retrieval.expires_at(s) < now(), false),
                   f.usage_bytes, f.in_progress, f.completed, f.failed, f.cancelled, f.warned, f.outdated,
                   f.words_only, f.sentences_follow
            from retrieval.vector_store s
            cross join lateral (
                select coalesce(sum(usage_bytes), 0)::bigint as usage_bytes,
                       count(*) filter (where state = 'in_progress')::int as in_progress,
                       count(*) filter (where state = 'completed')::int as completed,
                       count(*) filter (where state = 'failed')::int as failed,
                       count(*) filter (where state = 'cancelled')::int as cancelled,
                       count(*) filter (where state = 'completed' and cardinality(warnings) > 0)::int as warned,
                       count(*) filter (
                           where state = 'completed' and pipeline is distinct from {ProcessFile.Pipeline}
                       )::int as outdated,
                       count(*) filter (where state = 'completed' and not is_embedded)::int as words_only,
                       count(*) filter (
                           where state = 'completed' and is_embedded and not has_sentences
                       )::int as sentences_follow
                from retrieval.store_file
                where vector_store_id = s.id and removed_at is null
                  and ({sight.OfAll} or principals is null or principals && {sight.Principals})
            ) f
            where s.id = any({ids})
            order by s.id {direction}
            """,
            Read,
            cancellationToken);

    private static VectorStoreObject Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        JsonSerializer.Deserialize<JsonElement>(row.GetString(3)),
        row.GetFieldValue<DateTimeOffset>(4).ToUnixTimeSeconds(),
        row.GetFieldValue<DateTimeOffset>(5).ToUnixTimeSeconds(),
        row.IsDBNull(6) ? null : new(ExpiresAfter.LastActiveAt, row.GetInt32(6)),
        row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7).ToUnixTimeSeconds(),
        row.GetBoolean(8),
        row.GetInt64(9),
        new(row.GetInt32(10), row.GetInt32(11), row.GetInt32(12), row.GetInt32(13)),
        new(row.GetInt32(14), row.GetInt32(15), row.GetInt32(16), row.GetInt32(17)));
}
