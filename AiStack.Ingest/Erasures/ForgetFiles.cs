using AiStack.Contracts;
using AiStack.Ingest.Files;
using AiStack.Ingest.Lineage;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Erasures;

/// <summary>
/// Clears what deleted files left, at once and in the caller's transaction: passages, blobs, and what rows that stay
/// say of them. The rows stay for those who know a file's id, and say nothing more.
/// </summary>
internal static class ForgetFiles
{
    /// <summary>What a file is called that was erased.</summary>
    public const string Name = "erased";

    private static readonly byte[] _noHash = new byte[32];

    public static async Task RunAsync(
        NpgsqlConnection connection, Id<Project> project, IBlobStore blobs, Guid[] files, TimeProvider time,
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
        await connection.ExecuteAsync(
            $"""
            with parts as (
                delete from ingest.upload_part p
                using ingest.upload u
                where u.id = p.upload_id and u.file_id = any({files})
            ), uploads as (
                update ingest.upload set filename = {Name} where file_id = any({files})
            ), items as (
                delete from ingest.source_item where file_id = any({files})
            ), replaced as (
                update ingest.source_item
                set replaced = array(select old from unnest(replaced) old where old <> all({files}))
                where replaced && {files}
            ), answers as (
                delete from ingest.lineage_answer_file
                where project_id = {project} and file_id = any({files})
            )
            update ingest.file
            set filename = {Name}, sha256 = {_noHash}, media_type = 'application/octet-stream'
            where id = any({files}) and deleted_at is not null
            """, cancellationToken);
        var nodes = Array.ConvertAll(files, file => LineageNames.NodeId(
            project, LineageNames.Namespace(project), LineageNames.File(new(file))));
        await connection.ExecuteAsync(
            $"update ingest.lineage_node set label = null where id = any({nodes})", cancellationToken);
        if (revisions.Count > 0)
        {
            var step = new LineageEvent(
                LineageJob.ClearFile, Id<LineageRecord>.New().Value, RunState.Complete, time.GetUtcNow())
            {
                Outputs = [.. revisions.Select(each => FileDatasets.Dropped(project, LineageNames.Revision(each)))],
            };
            await LineageRows.WriteAsync(connection, project, [step], cancellationToken);
        }

        await UnneededBlobs.DeleteAsync(connection, blobs, unneeded, cancellationToken);
    }
}
