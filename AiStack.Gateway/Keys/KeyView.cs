using AiStack.Contracts;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>A key as it can be shown: everything but the key.</summary>
/// <param name="Models">The only models that it may name; null when it may name all.</param>
/// <param name="PreviousUntil">Until when the secret before the last rotation is good; null without one.</param>
internal sealed record KeyView(
    Id<ApiKey> Id,
    string Name,
    string Hint,
    string[] Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    string[]? Models,
    DateTimeOffset? PreviousUntil)
{
    /// <summary>Reads a row of: id, name, hint, scopes, created_at, expires_at, revoked_at, models,
    /// previous_until.</summary>
    public static KeyView Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        row.GetString(1),
        row.GetString(2),
        row.GetFieldValue<string[]>(3),
        row.GetFieldValue<DateTimeOffset>(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
        row.IsDBNull(7) ? null : row.GetFieldValue<string[]>(7),
        row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8));
}
