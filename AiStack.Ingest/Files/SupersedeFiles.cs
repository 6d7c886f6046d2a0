using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Takes files out of search and of the list of files in the caller's transaction. They can be read by their ids until
/// it is time to clear them (<see cref="ClearSuperseded"/>). Snapshots keep them.
/// </summary>
internal static class SupersedeFiles
{
    /// <param name="by">The file that is found in their place; null where their documents are gone.</param>
    /// <param name="source">The source that does it; when that is deleted with its files, these are, too.</param>
    /// <param name="store">Whose retention counts; of a store that is gone it is over.</param>
    /// <param name="at">
    /// Since when they are, by the database's clock, as all that this is compared with; null is now. What a rollback
    /// brought back since then stays.
    /// </param>
    public static async Task RunAsync(
        NpgsqlConnection connection, Id<Project> projectId, IReadOnlyCollection<Guid> ids, Id<StoredFile>? by,
        Id<Source> source, Id<VectorStore> store, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return;
        }

        var days = await connection.FirstOrDefaultAsync(
            $"select superseded_days from retrieval.published_vector_store where id = {store}",
            row => row.GetInt32(0),
            cancellationToken);
        // In one order, or two of these could wait for each other for ever.
        Guid[] ordered = [.. ids.Order()];
        var superseded = await connection.ListAsync(
            $"""
            update ingest.file
            set superseded_at = coalesce({at}::timestamptz, clock_timestamp()), superseded_by = {by?.Value}::uuid,
                superseded_source = {source},
                clear_at = coalesce({at}::timestamptz, clock_timestamp()) + make_interval(days => {days})
            where id in (
                select id
                from ingest.file
                where id = any({ordered}) and deleted_at is null
                order by id
                for update)
            returning id, superseded_at
            """,
            row => new FileDeleted(new(row.GetGuid(0)), row.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken);
        await WorkQueue.EnqueueAllAsync(connection, projectId, FileDeleted.Queue, superseded, cancellationToken);
    }
}
