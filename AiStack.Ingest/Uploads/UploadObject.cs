using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Uploads;

/// <summary>OpenAI's upload object.</summary>
internal sealed record UploadObject(
    Id<Upload> Id, string Filename, string Purpose, long Bytes, string Status, long CreatedAt, long ExpiresAt,
    FileObject? File)
{
    public string Object { get; } = "upload";
}

/// <summary>An upload, as its row has it.</summary>
internal sealed record UploadRow(
    Id<Upload> Id, string Filename, string Purpose, string MediaType, long SizeBytes, string State,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>
    /// Finds an upload and locks it for the rest of the transaction, so that it ends in one way only.
    /// </summary>
    public static Task<UploadRow?> FindAsync(
        NpgsqlConnection connection, Id<Upload> id, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync<UploadRow?>(
            $"""
            select id, filename, purpose, media_type, size_bytes, state, created_at, expires_at
            from ingest.upload
            where id = {id}
            for update
            """,
            row => new UploadRow(
                new(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4),
                row.GetString(5),
                row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7)),
            cancellationToken);

    /// <summary>Why nothing more can be done with the upload; null while it can.</summary>
    public Fault? CheckPending(DateTimeOffset now)
    {
        var state = State == "pending" && ExpiresAt <= now ? "expired" : State;
        return state == "pending" ? null : new(FaultCode.InvalidArgument, $"The upload is {state}.", "upload_id");
    }

    public UploadObject ToObject(string state, FileObject? file = null) => new(
        Id, Filename, Purpose, SizeBytes, state, CreatedAt.ToUnixTimeSeconds(), ExpiresAt.ToUnixTimeSeconds(), file);
}
