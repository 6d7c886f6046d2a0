using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.Ingest.Lineage;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>
/// Clears what deleted files left, in the caller's transaction: passages, and what rows that stay say of them. The rows
/// stay for those who know a file's id, and say nothing more. Blobs go once that is committed.
/// </summary>
internal static class ForgetFiles
{
    /// <summary>What a file is called that was erased.</summary>
    public const string Name = "erased";

    private static readonly byte[] _noHash = new byte[32];

    /// <summary>Returns the blobs that may be needed no more; work that deletes them is queued.</summary>
    public static async Task<List<BlobId>> RunAsync(
        NpgsqlConnection connection, Id<Project> project, Guid[] files, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var unneeded = await connection.ListAsync(
            $"""
            select sha256 from ingest.file where id = any({files}) and sha256 <> {_noHash}
            union
            select text_sha256 from ingest.revision where file_id = any({files})
            union
            select p.sha256
            from ingest.upload_part p
            join ingest.upload u on u.id = p.upload_id
            where u.file_id = any({files})
            """,
            row => new BlobId(row.GetFieldValue<byte[]>(0)),
            cancellationToken);
        var revisions = await connection.ListAsync(
            $"delete from ingest.revision where file_id = any({files}) returning id",
            row => new Id<Revision>(row.GetGuid(0)),
            cancellationToken);
        // A statement each: one that had both would leave a row that both are about.
        await connection.ExecuteAsync(
            $"delete from ingest.source_item where file_id = any({files})", cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update ingest.source_item
            set replaced = array(select old from unnest(replaced) old where old <> all({files}))
            where replaced && {files}
            """, cancellationToken);
        await connection.ExecuteAsync(
            $"""
            with parts as (
                delete from ingest.upload_part p
                using ingest.upload u
                where u.id = p.upload_id and u.file_id = any({files})
            ), uploads as (
                update ingest.upload set filename = {Name} where file_id = any({files})
            ), answers as (
                delete from ingest.lineage_answer_file
                where project_id = {project} and file_id = any({files})
            )
            update ingest.file
            set filename = {Name}, sha256 = {_noHash}, media_type = 'application/octet-stream'
            where id = any({files}) and deleted_at is not null
            """, cancellationToken);
        await ForgetLineageAsync(connection, project, files, cancellationToken);
        if (revisions.Count > 0)
        {
            var step = new LineageEvent(
                LineageJob.ClearFile, Id<LineageRecord>.New().Value, RunState.Complete, time.GetUtcNow())
            {
                Outputs = [.. revisions.Select(each => FileDatasets.Dropped(project, LineageNames.Revision(each)))],
            };
            await LineageRows.WriteAsync(connection, project, [step], cancellationToken);
        }

        if (unneeded.Count > 0)
        {
            await WorkQueue.EnqueueAsync(
                connection, project, ClearBlobs.QueueName, new ClearBlobs([.. unneeded.Select(blob => $"{blob}")]),
                cancellationToken);
        }

        return unneeded;
    }

    /// <summary>Lineage knows files, and the documents that they were, by ids alone; what said more goes.</summary>
    private static async Task ForgetLineageAsync(
        NpgsqlConnection connection, Id<Project> project, Guid[] files, CancellationToken cancellationToken)
    {
        var names = Array.ConvertAll(files, file => LineageNames.File(new(file)));
        var nodes = Array.ConvertAll(names, name => LineageNames.NodeId(
            project, LineageNames.Namespace(project), name));
        await connection.ExecuteAsync(
            $"""
            delete from ingest.lineage_event
            where project_id = {project} and id in (
                select e.id
                from ingest.lineage_event e
                cross join lateral jsonb_path_query(e.event, '$.*[*].name') as dataset (name)
                where e.job_name in ({LineageJob.SyncSource.Name}, {LineageJob.ProcessFile.Name})
                  and dataset.name #>> array[]::text[] = any({names}))
            """, cancellationToken, StatementLimits.Background);
        await connection.ExecuteAsync(
            $"""
            update ingest.lineage_node n
            set label = null,
                namespace = case when n.id = any({nodes}) then n.namespace else 'erased' end,
                name = case when n.id = any({nodes}) then n.name else n.id::text end
            where n.id = any({nodes}) or (
                n.id in (select source_id from ingest.lineage_edge
                         where target_id = any({nodes}) and job_name = {LineageJob.SyncSource.Name})
                -- A table is the document of many files: of those that stay its name does.
                and not exists (
                    select from ingest.lineage_edge e
                    join ingest.lineage_node t on t.id = e.target_id
                    where e.source_id = n.id and e.target_id <> all({nodes}) and t.dropped_at is null))
            """, cancellationToken, StatementLimits.Background);
    }
}
