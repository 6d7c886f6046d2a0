using AiStack.Contracts;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>OpenAI's file object.</summary>
internal sealed record FileObject(Id<StoredFile> Id, string Filename, string Purpose, long Bytes, long CreatedAt)
{
    public string Object { get; } = "file";

    /// <summary>
    /// Deprecated by OpenAI, but its clients still read it: whether a file can be searched is its store's to say.
    /// </summary>
    public string Status { get; } = "processed";

    public string? StatusDetails { get; }

    public long? ExpiresAt { get; }

    /// <summary>Reads a row of: id, filename, purpose, size_bytes, created_at.</summary>
    public static FileObject Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        row.GetString(1),
        row.GetString(2),
        row.GetInt64(3),
        row.GetFieldValue<DateTimeOffset>(4).ToUnixTimeSeconds());
}
