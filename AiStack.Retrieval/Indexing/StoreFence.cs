using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// Keeps work from undoing what became of its store since it was begun: a rollback, or another way of cutting files.
/// </summary>
internal static class StoreFence
{
    /// <summary>Which time it is in each store's life: to be read before anything of the work is.</summary>
    public static async Task<Dictionary<Id<VectorStore>, long>> ReadAsync(
        NpgsqlConnection connection, IEnumerable<Id<VectorStore>> stores, CancellationToken cancellationToken)
    {
        var ids = stores.Select(store => store.Value).Distinct().ToArray();
        var times = await connection.ListAsync(
            $"select id, purged_version from retrieval.vector_store where id = any({ids})",
            row => (Id: new Id<VectorStore>(row.GetGuid(0)), Time: row.GetInt64(1)),
            cancellationToken);
        return times.ToDictionary(store => store.Id, store => store.Time);
    }

    /// <summary>
    /// Locks a store with a new version, and returns which of the files may be stored by what was made of them. Those
    /// that were cut in a way that is not asked for any more are left out. So are all when the store was rolled back
    /// meanwhile: what is wanted all the same is queued again.
    /// </summary>
    public static async Task<EnteredStore> EnterAsync(
        NpgsqlConnection connection, Id<Project> project, IGrouping<Id<VectorStore>, FileProcessed> work,
        IReadOnlyDictionary<Id<VectorStore>, long> times, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var store = work.Key;
        var version = await connection.BumpVersionAsync(store, now, cancellationToken);
        var (time, at) = await connection.FirstOrDefaultAsync(
            $"select purged_version, changed_at from retrieval.vector_store where id = {store}",
            row => (row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken);
        List<FileProcessed> files = [.. work];
        if (time == times.GetValueOrDefault(store, time))
        {
            var stale = await StaleAsync(connection, store, files, cancellationToken);
            files.RemoveAll(file => file.RevisionId is { } revision && stale.Contains((file.FileId, revision)));
            return new(store, version, at, files);
        }

        var wanted = await WantedAsync(connection, store, files, cancellationToken);
        await WorkQueue.EnqueueAllAsync(
            connection, project, FileProcessed.Queue,
            [.. files.Where(file => wanted.TryGetValue(file.FileId, out var has)
                && (has is null || has == file.RevisionId))],
            cancellationToken);
        return new(store, version, at, []);
    }

    private static async Task<HashSet<(Id<StoredFile>, Id<Revision>)>> StaleAsync(
        NpgsqlConnection connection, Id<VectorStore> store, List<FileProcessed> files,
        CancellationToken cancellationToken)
    {
        var made = files.Where(file => file.RevisionId is not null).ToList();
        var ids = made.ConvertAll(file => file.FileId.Value).ToArray();
        var revisions = made.ConvertAll(file => file.RevisionId!.Value.Value).ToArray();
        return
        [
            .. await connection.ListAsync(
                $"""
                select f.file_id, made.revision_id
                from unnest({ids}, {revisions}) as made (file_id, revision_id)
                join retrieval.store_file f on f.vector_store_id = {store} and f.file_id = made.file_id
                where exists (
                    select
                    from ingest.published_revision r
                    where r.id = made.revision_id
                      and (r.max_chunk_tokens, r.overlap_tokens) <> (f.max_chunk_tokens, f.overlap_tokens))
                """,
                row => (new Id<StoredFile>(row.GetGuid(0)), new Id<Revision>(row.GetGuid(1))),
                cancellationToken),
        ];
    }

    /// <summary>Files that wait to be indexed, and those that have a revision, which may be indexed again.</summary>
    private static async Task<Dictionary<Id<StoredFile>, Id<Revision>?>> WantedAsync(
        NpgsqlConnection connection, Id<VectorStore> store, List<FileProcessed> files,
        CancellationToken cancellationToken)
    {
        var ids = files.Select(file => file.FileId.Value).Distinct().ToArray();
        var wanted = await connection.ListAsync(
            $"""
            select file_id, case when state = 'completed' then revision_id end
            from retrieval.store_file
            where vector_store_id = {store} and file_id = any({ids}) and removed_at is null
              and state in ('in_progress', 'completed')
            """,
            row => (
                File: new Id<StoredFile>(row.GetGuid(0)),
                Revision: row.IsDBNull(1) ? (Id<Revision>?)null : new Id<Revision>(row.GetGuid(1))),
            cancellationToken);
        return wanted.ToDictionary(file => file.File, file => file.Revision);
    }
}

/// <summary>A store that is locked by a new version.</summary>
/// <param name="At">When that was, by the database's clock.</param>
/// <param name="Files">What may be stored.</param>
internal sealed record EnteredStore(Id<VectorStore> Id, long Version, DateTimeOffset At, List<FileProcessed> Files);
