using AiStack.Contracts;
using Npgsql;

namespace AiStack.Evals.Alerts;

/// <summary>An alert as the API returns it.</summary>
/// <param name="Rule">Which rule found it.</param>
/// <param name="Subject">What it is of: a model, a queue, an eval; empty where a rule can find but one thing.</param>
/// <param name="Status"><c>open</c> or <c>resolved</c>.</param>
/// <param name="What">What is wrong, for people.</param>
/// <param name="Value">What was measured when it was found last.</param>
/// <param name="Unit">Of value and limit, by UCUM; <c>1</c> for a share.</param>
internal sealed record AlertView(
    Id<Alert> Id,
    string Rule,
    string Subject,
    string Status,
    string What,
    double Value,
    double Limit,
    string Unit,
    long OpenedAt,
    long LastSeenAt,
    long? ResolvedAt)
{
    public string Object { get; } = "alert";

    /// <summary>
    /// Reads a row of: id, rule, subject, what, value, limit_value, unit, opened_at, last_seen_at, resolved_at.
    /// </summary>
    public static AlertView Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        row.GetString(1),
        row.GetString(2),
        row.IsDBNull(9) ? "open" : "resolved",
        row.GetString(3),
        row.GetDouble(4),
        row.GetDouble(5),
        row.GetString(6),
        row.GetFieldValue<DateTimeOffset>(7).ToUnixTimeSeconds(),
        row.GetFieldValue<DateTimeOffset>(8).ToUnixTimeSeconds(),
        row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9).ToUnixTimeSeconds());
}
