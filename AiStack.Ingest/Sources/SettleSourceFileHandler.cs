using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Ends what a new version of a document began. Once it can be found, the files that it replaces are superseded; when
/// it cannot be read, it is deleted, and the document has the file before it again, and says why.
/// </summary>
internal sealed class SettleSourceFileHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time)
    : IWorkHandler<SourceFileSettled>
{
    /// <summary>What may pass by itself: the next run tries again.</summary>
    private const string ServerError = "server_error";

    public static string Queue => SourceFileSettled.Queue;

    public static int MaxBatch => 32;

    /// <summary>One in each transaction: a run updates many documents at once, in any order.</summary>
    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<SourceFileSettled>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await database.InTransactionAsync(
                projectId,
                async connection =>
                {
                    if (lease.Payload.Failure?.Code == ServerError)
                    {
                        await ListAgain.RunAsync(connection, lease.Payload.SourceId, cancellationToken);
                    }

                    var unneeded = await SettleAsync(connection, lease.Payload, cancellationToken);
                    await EndAsync(connection, projectId, lease.Payload, unneeded, cancellationToken);
                    await ClearOnAsync(connection, lease, cancellationToken);
                    await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
                    return true;
                },
                cancellationToken);
        }
    }

    /// <summary>What is replaced is superseded; what never was found is deleted.</summary>
    private async Task EndAsync(
        NpgsqlConnection connection, Id<Project> project, SourceFileSettled settled, Guid[] unneeded,
        CancellationToken cancellationToken)
    {
        if (settled.Failure is not null)
        {
            await DeleteFiles.RunAsync(connection, project, unneeded, time.GetUtcNow(), cancellationToken);
            return;
        }

        var store = await connection.FirstOrDefaultAsync(
            $"select vector_store_id from ingest.source where id = {settled.SourceId}",
            row => new Id<VectorStore>(row.GetGuid(0)),
            cancellationToken);
        await SupersedeFiles.RunAsync(
            connection, project, unneeded, settled.FileId, settled.SourceId, store, settled.FoundAt, cancellationToken);
    }

    /// <summary>A source that was deleted but for its files waits for the last of them.</summary>
    private static async Task ClearOnAsync(
        NpgsqlConnection connection, Lease<SourceFileSettled> lease, CancellationToken cancellationToken)
    {
        var source = lease.Payload.SourceId;
        if (await connection.FirstOrDefaultAsync(
            $"select true from ingest.source where id = {source} and deleted_at is not null",
            row => row.GetBoolean(0),
            cancellationToken))
        {
            await WorkQueue.EnqueueAsync(
                connection, lease.ProjectId, ClearSource.QueueName, new ClearSource(source), cancellationToken);
        }
    }

    /// <summary>Returns the files that are no longer needed.</summary>
    private static async Task<Guid[]> SettleAsync(
        NpgsqlConnection connection, SourceFileSettled settled, CancellationToken cancellationToken)
    {
        var file = settled.FileId.Value;
        var item = await connection.FirstOrDefaultAsync(
            $"""
            select item_key, file_id, replaced
            from ingest.source_item
            where source_id = {settled.SourceId}
              and (file_id = {file} or (cardinality(replaced) > 0 and replaced @> array[{file}]))
            for update
            """,
            row => new Item(row.GetFieldValue<byte[]>(0), row.GetGuid(1), row.GetFieldValue<Guid[]>(2)),
            cancellationToken);
        if (item is null)
        {
            return [];
        }

        var all = (Guid[])[.. item.Replaced, item.File];
        var place = Array.IndexOf(all, file);
        if (settled.Failure is { Code: SourceFileSettled.Quarantined } held)
        {
            await HoldAsync(connection, settled, item, held, cancellationToken);
            return [];
        }

        if (settled.Failure is { } failure)
        {
            return await FailAsync(
                connection, settled, item, failure, [.. all.Where(id => id != file)], cancellationToken);
        }

        await connection.ExecuteAsync(
            $"""
            update ingest.source_item
            set replaced = {item.Replaced[Math.Min(place, item.Replaced.Length)..]},
                problem = case when problem_file = {file} then null else problem end,
                refused = refused and problem_file is distinct from {file},
                problem_file = nullif(problem_file, {file})
            where source_id = {settled.SourceId} and item_key = {item.Key}
            """, cancellationToken);
        return all[..place];
    }

    /// <summary>All of its files stay: it may be released, and what it replaces is found until then.</summary>
    private static Task<int> HoldAsync(
        NpgsqlConnection connection, SourceFileSettled settled, Item item, FileFailure failure,
        CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            update ingest.source_item
            set problem = {failure.Message}, problem_file = {settled.FileId}, refused = true
            where source_id = {settled.SourceId} and item_key = {item.Key} and file_id = {settled.FileId}
            """, cancellationToken);

    private static async Task<Guid[]> FailAsync(
        NpgsqlConnection connection, SourceFileSettled settled, Item item, FileFailure failure, Guid[] others,
        CancellationToken cancellationToken)
    {
        var file = settled.FileId.Value;
        var isLatest = item.File == file;
        Guid? broken = others is [] ? file : null;
        var stays = others is [] ? file : others[^1];
        await connection.ExecuteAsync(
            $"""
            update ingest.source_item
            set file_id = {stays}, replaced = {others[..Math.Max(0, others.Length - 1)]},
                sha256 = coalesce((select sha256 from ingest.file where id = {stays}), sha256),
                version = case when {isLatest && failure.Code == ServerError} then null else version end,
                problem = case when {isLatest} then {failure.Message} else problem end,
                refused = case when {isLatest} then {failure.Code != ServerError} else refused end,
                problem_file = case when {isLatest} then {broken}::uuid else problem_file end
            where source_id = {settled.SourceId} and item_key = {item.Key}
            """, cancellationToken);
        return others is [] ? [] : [file];
    }

    private sealed record Item(byte[] Key, Guid File, Guid[] Replaced);
}
