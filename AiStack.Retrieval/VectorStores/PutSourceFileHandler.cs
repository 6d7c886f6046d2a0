using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// Puts files of sources into their stores, and changes what is known of those that are there. Said twice, or out of
/// order, it ends the same: of each file the latest word counts.
/// </summary>
internal sealed class PutSourceFileHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time)
    : IWorkHandler<SourceFile>
{
    public static string Queue => SourceFile.Queue;

    public static int MaxBatch => 64;

    public Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<SourceFile>> leases, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            projectId,
            async connection =>
            {
                await WorkQueue.CompleteAllAsync(connection, leases, cancellationToken);
                // Stores and files in one order: two workers cannot wait for each other.
                var stores = leases.Select(lease => lease.Payload).GroupBy(file => file.VectorStoreId);
                foreach (var store in stores.OrderBy(store => store.Key.Value))
                {
                    List<SourceFile> latest =
                    [
                        .. store.GroupBy(file => file.FileId.Value).OrderBy(file => file.Key)
                            .Select(file => file.MaxBy(said => said.Told)!),
                    ];
                    await PutAsync(connection, projectId, store.Key, latest, cancellationToken);
                }

                return true;
            },
            cancellationToken);

    private async Task PutAsync(
        NpgsqlConnection connection, Id<Project> projectId, Id<VectorStore> store, List<SourceFile> files,
        CancellationToken cancellationToken)
    {
        var version = await connection.BumpVersionAsync(store, time.GetUtcNow(), cancellationToken);
        if (version == 0 || !ChunkingStrategyParam.Parse(null).TryGet(out var chunking, out _))
        {
            return; // The store is gone; the source's next run says so.
        }

        var ids = files.ConvertAll(file => file.FileId.Value).ToArray();
        var attributes = files.ConvertAll(file => JsonSerializer.Serialize(file.Attributes)).ToArray();
        var sources = files.ConvertAll(file => file.SourceId.Value).ToArray();
        var told = files.ConvertAll(file => file.Told).ToArray();
        // An array of arrays would have to be rectangular.
        var replaces = files.ConvertAll(file => string.Join(',', file.Replaces.Select(id => id.Value))).ToArray();
        var principals = files.ConvertAll(file => FilePrincipals.Stored(file.Principals)).ToArray();
        var back = await BackAsync(connection, store, ids, told, [.. files.Select(file => file.Replaces.Count > 0)],
            cancellationToken);
        var added = await connection.ListAsync(
            $"""
            insert into retrieval.store_file as f (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, attributes, source_id,
                replaces, told, principals, created_at)
            select {store}, item.file_id, {projectId}, 'in_progress', {chunking.MaxChunkSizeTokens},
                   {chunking.ChunkOverlapTokens}, item.attributes::jsonb, item.source_id,
                   string_to_array(item.replaces, ',')::uuid[], item.told, string_to_array(item.principals, ','),
                   {time.GetUtcNow()}
            from unnest({ids}, {attributes}, {sources}, {replaces}, {told}, {principals})
                as item (file_id, attributes, source_id, replaces, told, principals)
            where item.file_id in (
                select id from ingest.published_file where id = any({ids}) and superseded_at is null)
            on conflict (vector_store_id, file_id) do update
            set attributes = excluded.attributes, source_id = excluded.source_id, told = excluded.told,
                principals = excluded.principals, version = {version},
                replaces = case when f.source_id is null or f.removed_at is not null
                                then excluded.replaces else f.replaces end,
                state = case when f.file_id = any({back}) then 'in_progress' else f.state end,
                error_code = case when f.file_id = any({back}) then null else f.error_code end,
                error_message = case when f.file_id = any({back}) then null else f.error_message end,
                removed_at = null
            where f.told < excluded.told
            returning file_id, xmax = 0 or file_id = any({back}), max_chunk_tokens, overlap_tokens
            """,
            row => (
                Is: row.GetBoolean(1),
                Work: new ProcessFile(store, new(row.GetGuid(0)), row.GetInt32(2), row.GetInt32(3))),
            cancellationToken,
            StatementLimits.Long);
        await NarrowAsync(connection, store, version, ids, cancellationToken);
        await connection.ExecuteAsync(
            $"select retrieval.narrow_snapshots({store}, {ids})", cancellationToken, StatementLimits.Long);
        var work = added.Where(file => file.Is).Select(file => file.Work);
        await WorkQueue.EnqueueAllAsync(connection, projectId, ProcessFile.Queue, [.. work], cancellationToken);
    }

    /// <summary>
    /// Files that are there and must be indexed again: what people took out, and what people put in before its source
    /// did, where it failed, or where it is to take the place of others as it comes.
    /// </summary>
    private static async Task<Guid[]> BackAsync(
        NpgsqlConnection connection, Id<VectorStore> store, Guid[] files, long[] told, bool[] replaces,
        CancellationToken cancellationToken) =>
        [
            .. await connection.ListAsync(
                $"""
                select f.file_id
                from unnest({files}, {told}, {replaces}) as item (file_id, told, replaces)
                join retrieval.store_file f on f.vector_store_id = {store} and f.file_id = item.file_id
                where f.told < item.told
                  and (f.removed_at is not null or (f.source_id is null and (
                      f.state in ('failed', 'cancelled') or (f.state = 'completed' and item.replaces))))
                order by f.file_id
                for update of f
                """,
                row => row.GetGuid(0),
                cancellationToken),
        ];

    /// <summary>
    /// What a file replaces is for those alone whom both are for, at once: who may not see the new version must not
    /// find the old one until then, nor anybody who could not before. Words of the old one that come late count no
    /// more.
    /// </summary>
    private static async Task NarrowAsync(
        NpgsqlConnection connection, Id<VectorStore> store, long version, Guid[] files,
        CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            $"""
            with newer as (
                select old.file_id, n.told, n.principals
                from retrieval.store_file n
                cross join unnest(n.replaces) as old (file_id)
                where n.vector_store_id = {store} and n.removed_at is null and cardinality(n.replaces) > 0
                  and (n.file_id = any({files}) or n.replaces && {files})
            ), narrowed as (
                select f.file_id, max(newer.told) as told,
                       case when bool_or(f.principals is not null or newer.principals is not null) then array(
                           select p
                           from unnest(coalesce(f.principals, (
                               select one.principals
                               from newer one
                               where one.file_id = f.file_id and one.principals is not null
                               limit 1))) as p
                           where not exists (
                               select
                               from newer other
                               where other.file_id = f.file_id and not p = any(other.principals))
                           order by p collate "C") end as principals
                from retrieval.store_file f
                join newer on newer.file_id = f.file_id
                where f.vector_store_id = {store} and f.removed_at is null
                group by f.file_id, f.principals
            )
            update retrieval.store_file f
            set principals = narrowed.principals, told = greatest(f.told, narrowed.told), version = {version}
            from narrowed
            where f.vector_store_id = {store} and f.file_id = narrowed.file_id
              and (f.told < narrowed.told or f.principals is distinct from narrowed.principals)
            """, cancellationToken, StatementLimits.Long);
}
