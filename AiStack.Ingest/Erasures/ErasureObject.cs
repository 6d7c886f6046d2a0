using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>An erasure as the API has it.</summary>
/// <param name="Turn">The service that is at it; null when it ended.</param>
internal sealed record ErasureObject(
    Id<Erasure> Id, string Status, bool DryRun, string? Turn, ErasureCriteria Criteria,
    IReadOnlyList<string> NameHashes, string Reason, string RequestedBy, long CreatedAt, long? EndedAt, string? Error,
    bool HasReceipt)
{
    public string Object { get; } = "erasure";

    /// <summary>How many rows of each kind were erased, were held, or are left for people to look at.</summary>
    public IReadOnlyList<ErasureCount> Counts { get; init; } = [];

    /// <summary>The columns that <see cref="Read"/> reads.</summary>
    public static ErasureObject Read(NpgsqlDataReader row)
    {
        var status = row.GetString(1);
        return new(
            new(row.GetGuid(0)), status, row.GetBoolean(2),
            status == "completed" ? null : ErasureTurns.NameOf(row.GetInt32(3)),
            JsonSerializer.Deserialize<ErasureCriteria>(row.GetString(4), JsonDefaults.Options)!,
            row.GetFieldValue<string[]>(5), row.GetString(6), row.GetString(7),
            row.GetFieldValue<DateTimeOffset>(8).ToUnixTimeSeconds(),
            row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9).ToUnixTimeSeconds(),
            row.IsDBNull(10) ? null : row.GetString(10), row.GetBoolean(11));
    }

    public static async Task<ErasureObject?> FindAsync(
        NpgsqlConnection connection, Id<Erasure> id, CancellationToken cancellationToken)
    {
        var found = await connection.FirstOrDefaultAsync(
            $"""
            select id, status, dry_run, turn, criteria, name_hashes, reason, requested_by, created_at, ended_at, error,
                   receipt is not null
            from ingest.erasure
            where id = {id}
            """,
            Read,
            cancellationToken);
        return found is null
            ? null
            : found with { Counts = await ErasureCount.ReadAsync(connection, id, cancellationToken) };
    }
}

/// <summary>How many rows of a table were erased, were held, or remain.</summary>
internal sealed record ErasureCount(string Kind, long Erased, long Held, long Remains)
{
    public static Task<List<ErasureCount>> ReadAsync(
        NpgsqlConnection connection, Id<Erasure> id, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select kind,
                   coalesce(sum(amount) filter (where outcome = 'erased'), 0),
                   coalesce(sum(amount) filter (where outcome = 'held'), 0),
                   coalesce(sum(amount) filter (where outcome = 'remains'), 0)
            from ingest.erasure_item
            where erasure_id = {id}
            group by kind
            order by kind
            """,
            row => new ErasureCount(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken,
            StatementLimits.Long);
}

/// <summary>The services whose turn comes, in this order: the later look for what the earlier found.</summary>
internal static class ErasureTurns
{
    /// <summary>A service that keeps what people wrote has a place here. Ingest is the first and the last.</summary>
    private static readonly string[] _all = ["ingest", "serving", "retrieval", "evals", "gateway", "ingest"];

    public static string? NameOf(int turn) => turn < _all.Length ? _all[turn] : null;

    public static bool IsLast(int turn) => turn == _all.Length - 1;
}
