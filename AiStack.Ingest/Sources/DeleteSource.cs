using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>Work for Ingest itself: delete a deleted source's files, and its rows.</summary>
internal sealed record ClearSource(Id<Source> SourceId)
{
    public const string QueueName = "ingest.clear-source";
}

/// <summary>
/// Deletes a source, which ends its run. Its files go with it, within moments; or they stay in the store as files that
/// nothing keeps in step.
/// </summary>
internal static class DeleteSource
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken,
        string files = "delete")
    {
        if (files is not ("delete" or "keep"))
        {
            return SourceChecks.Wrong("'files' must be 'delete' or 'keep'.", "files").ToResult();
        }

        if (!Id<Source>.TryParse(id, null, out var sourceId))
        {
            return SourceEndpoints.NotFound(id).ToResult();
        }

        var deleted = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                var rows = await connection.ExecuteAsync(
                    $"""
                    update ingest.source
                    set deleted_at = {time.GetUtcNow()}, keep_files = {files == "keep"}, secrets = null,
                        secret_names = array[]::text[]
                    where id = {sourceId} and deleted_at is null
                    """, cancellationToken);
                if (rows == 1)
                {
                    await connection.ExecuteAsync(
                        $"""
                        update ingest.source_run
                        set state = 'cancelled', finished_at = {time.GetUtcNow()}
                        where source_id = {sourceId} and state = 'running'
                        """, cancellationToken);
                    await WorkQueue.EnqueueAsync(
                        connection, caller.ProjectId, ClearSource.QueueName, new ClearSource(sourceId),
                        cancellationToken);
                }

                return rows == 1;
            },
            cancellationToken);
        return deleted ? TypedResults.Ok(new Deleted(sourceId)) : SourceEndpoints.NotFound(id).ToResult();
    }

    internal sealed record Deleted(Id<Source> Id)
    {
        public string Object { get; } = "source.deleted";

        [JsonPropertyName("deleted")]
        public bool IsDeleted { get; } = true;
    }
}

/// <summary>Clears what a deleted source left, some of its files in each transaction.</summary>
internal sealed class ClearSourceHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time)
    : IWorkHandler<ClearSource>
{
    private const int Together = 200;

    public static string Queue => ClearSource.QueueName;

    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<ClearSource>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            while (await database.InTransactionAsync(
                projectId, connection => ClearAsync(connection, lease, cancellationToken), cancellationToken))
            {
                // A transaction each, so that none is long.
            }
        }
    }

    /// <summary>
    /// False when nothing is left, or, of a source whose files stay, only documents whose new version is still being
    /// made: their old one is found until then, and the end of that goes on here.
    /// </summary>
    private async Task<bool> ClearAsync(
        NpgsqlConnection connection, Lease<ClearSource> lease, CancellationToken cancellationToken)
    {
        var source = lease.Payload.SourceId;
        var items = await connection.ListAsync(
            $"""
            delete from ingest.source_item
            where (source_id, item_key) in (
                select source_id, item_key
                from ingest.source_item
                where source_id = {source}
                  and (cardinality(replaced) = 0 or not (select keep_files from ingest.source where id = {source}))
                limit {Together})
            returning file_id, replaced, (select keep_files from ingest.source where id = {source})
            """,
            row => (
                File: row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0), Old: row.GetFieldValue<Guid[]>(1),
                Keeps: row.GetBoolean(2)),
            cancellationToken);
        var files = items.SelectMany(item => item is { Keeps: false, File: { } file } ? [.. item.Old, file] : item.Old)
            .ToList();
        await DeleteFiles.RunAsync(connection, lease.ProjectId, files, time.GetUtcNow(), cancellationToken);
        if (items.Count > 0 || await DeleteOldAsync(connection, lease, cancellationToken))
        {
            return true;
        }

        await connection.ExecuteAsync(
            $"""
            delete from ingest.source
            where id = {source} and deleted_at is not null
              and not exists (select from ingest.source_item where source_id = {source})
            """, cancellationToken);
        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        return false;
    }

    /// <summary>Deletes versions that the source replaced or removed before; false when there are none.</summary>
    private async Task<bool> DeleteOldAsync(
        NpgsqlConnection connection, Lease<ClearSource> lease, CancellationToken cancellationToken)
    {
        var source = lease.Payload.SourceId;
        var old = await connection.ListAsync(
            $"""
            select id
            from ingest.file
            where superseded_source = {source} and deleted_at is null
              and exists (select from ingest.source where id = {source} and not keep_files)
            order by id
            limit {Together}
            """,
            row => row.GetGuid(0),
            cancellationToken);
        await DeleteFiles.RunAsync(connection, lease.ProjectId, old, time.GetUtcNow(), cancellationToken);
        return old.Count > 0;
    }
}
