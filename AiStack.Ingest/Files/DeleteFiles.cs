using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Ingest.Lineage;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Deletes files in the caller's transaction. They can be neither read nor found once it commits; what was made of
/// them (chunks, index entries, blobs) is cleared by work that is queued with it.
/// </summary>
internal static class DeleteFiles
{
    /// <summary>Returns those that were there, and that no legal hold keeps.</summary>
    /// <param name="isClearing">Whether the caller clears what was made of them, and no work is needed.</param>
    public static async Task<List<Id<StoredFile>>> RunAsync(
        NpgsqlConnection connection, Id<Project> projectId, IReadOnlyCollection<Guid> ids, DateTimeOffset now,
        CancellationToken cancellationToken, bool isClearing = false)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        await HoldLock.ShareAsync(connection, cancellationToken);
        // In one order, or two of these could wait for each other for ever.
        Guid[] ordered = [.. ids.Order()];
        var deleted = await connection.ListAsync(
            $"""
            update ingest.file
            set deleted_at = {now}
            where id in (
                select id
                from ingest.file
                where id = any({ordered}) and deleted_at is null and not ingest.is_held(id)
                order by id
                for update)
            returning id
            """,
            row => new Id<StoredFile>(row.GetGuid(0)),
            cancellationToken);
        if (deleted.Count > 0 && !isClearing)
        {
            await WorkQueue.EnqueueAllAsync(
                connection, projectId, ClearFile.QueueName, [.. deleted.Select(id => new ClearFile(id))],
                cancellationToken);
            await WorkQueue.EnqueueAllAsync(
                connection, projectId, FileDeleted.Queue, [.. deleted.Select(id => new FileDeleted(id))],
                cancellationToken);
        }

        if (deleted.Count > 0)
        {
            var step = new LineageEvent(LineageJob.DeleteFile, Id<LineageRecord>.New().Value, RunState.Complete, now)
            {
                Outputs = [.. deleted.Select(id => FileDatasets.Dropped(projectId, LineageNames.File(id)))],
            };
            await LineageRows.WriteAsync(connection, projectId, [step], cancellationToken);
        }

        return deleted;
    }
}
