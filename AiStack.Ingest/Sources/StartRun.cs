using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Starts a run, in the caller's transaction, unless one is running: a source is read by one at a time.
/// </summary>
internal static class StartRun
{
    public const string ByHand = "hand";
    public const string BySchedule = "schedule";
    public const string ByChange = "change";

    /// <summary>The run that was started; null when one is running already, or the source is gone.</summary>
    public static async Task<Id<SourceRun>?> RunAsync(
        NpgsqlConnection connection, Id<Project> projectId, Id<Source> source, string trigger, DateTimeOffset now,
        CancellationToken cancellationToken, bool isDry = false, bool allowRemovals = false)
    {
        var id = Id<SourceRun>.New();
        var rows = await connection.ExecuteAsync(
            $"""
            insert into ingest.source_run (
                id, project_id, source_id, trigger, dry_run, allow_removals, created_at)
            select {id}, {projectId}, id, {trigger}, {isDry}, {allowRemovals}, {now}
            from ingest.source
            where id = {source} and deleted_at is null
            on conflict (source_id) where state = 'running' do nothing
            """, cancellationToken);
        if (rows == 0)
        {
            return null;
        }

        await WorkQueue.EnqueueAsync(
            connection, projectId, SyncSource.QueueName, new SyncSource(source, id), cancellationToken);
        return id;
    }
}
