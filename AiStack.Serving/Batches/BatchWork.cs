using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.Serving.Pipeline;
using Npgsql;

namespace AiStack.Serving.Batches;

/// <summary>Work: the next lines of a batch. There is one item for each batch that has not ended.</summary>
internal sealed record BatchWork(Id<Batch> BatchId)
{
    public const string Queue = "serving.batch";
}

/// <summary>A batch, for those who work on it.</summary>
/// <param name="Caller">Null when the key that asked is no longer good.</param>
internal sealed record BatchRow(
    Id<Batch> Id, Caller? Caller, string Endpoint, string InputFileId, string Status, DateTimeOffset ExpiresAt)
{
    public static Task<BatchRow?> FindAsync(
        NpgsqlConnection connection, Id<Batch> id, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select batch.organisation_id, batch.project_id, batch.key_id, batch.scopes, key.scopes, batch.endpoint,
                   batch.input_file_id, batch.status, batch.expires_at, batch.principals, key.models
            from serving.batch batch
            left join gateway.published_key key on key.id = batch.key_id
            where batch.id = {id}
            """,
            row => new BatchRow(
                id,
                ActingCaller.Read(row),
                row.GetString(5),
                row.GetString(6),
                row.GetString(7),
                row.GetFieldValue<DateTimeOffset>(8)),
            cancellationToken);
}
