using AiStack.Contracts;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Ingest.Holds;

/// <summary>A legal hold as the API has it. Whom it is about is shown to admins for as long as it stands.</summary>
internal sealed record HoldObject(
    Id<LegalHold> Id, string Subject, string? SubjectId, IReadOnlyList<string>? Identifiers, string? User,
    string Reason, string CreatedBy, long CreatedAt, string? ReleasedBy, long? ReleasedAt, string? ReleaseReason)
{
    public string Object { get; } = "legal_hold";

    /// <summary>Whether it can be read whom it is about: not after another key took the place of the first.</summary>
    public bool Readable { get; init; } = true;

    /// <summary>
    /// Reads a row of: id, subject, subject_id, names, reason, created_by, created_at, released_by, released_at,
    /// release_reason.
    /// </summary>
    public static HoldObject Read(NpgsqlDataReader row, ErasureSecrets secrets)
    {
        var id = row.GetGuid(0);
        var opened = secrets.TryOpen(row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3), id);
        var (names, user) = opened ?? ([], null);
        return new(
            new(id), row.GetString(1), row.IsDBNull(2) ? null : IdOf(row.GetString(1), row.GetGuid(2)),
            names is [] ? null : names, user, row.GetString(4), row.GetString(5), Seconds(row, 6)!.Value,
            row.IsDBNull(7) ? null : row.GetString(7), Seconds(row, 8), row.IsDBNull(9) ? null : row.GetString(9))
        {
            Readable = opened is not null,
        };
    }

    private static string IdOf(string subject, Guid id) => subject switch
    {
        "file" => $"{new Id<StoredFile>(id)}",
        "source" => $"{new Id<Source>(id)}",
        _ => $"{new Id<VectorStore>(id)}",
    };

    private static long? Seconds(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column).ToUnixTimeSeconds();
}
