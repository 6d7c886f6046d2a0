using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Quality;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// A store's index in this process. Before each search it is brought up to the version that the store has in the
/// database, so every replica finds what was completed before the search began.
/// </summary>
internal sealed class LoadedStore(
    Id<Project> projectId, Id<VectorStore> storeId, EmbedderIdentity embedder) : IDisposable
{
    /// <summary>What is added while searches wait: some milliseconds' worth.</summary>
    private const int EntriesAtOnce = 2_000;

    private readonly ReaderWriterLockSlim _lock = new();
    private readonly SemaphoreSlim _catchingUp = new(1, 1);
    private StoreIndex _index = new(embedder.Dimensions);
    private long _version = -1;
    private long _bytes;

    /// <summary>As of the last change; it does not wait for one that is under way.</summary>
    public long ApproximateBytes => Interlocked.Read(ref _bytes);

    /// <summary>Reads the index; nothing changes in it meanwhile.</summary>
    public T Read<T>(Func<StoreIndex, T> read)
    {
        _lock.EnterReadLock();
        try
        {
            return read(_index);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public async Task CatchUpAsync(NpgsqlDataSource database, long version, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _version) >= version)
        {
            return;
        }

        await _catchingUp.WaitAsync(cancellationToken);
        try
        {
            if (_version >= version)
            {
                return;
            }

            var (anew, changes, entries) = await ReadAsync(database, cancellationToken);
            if (anew)
            {
                Replace(changes, entries);
            }
            else
            {
                Apply(changes, entries);
            }

            Interlocked.Exchange(ref _bytes, Read(index => index.ApproximateBytes));
            Volatile.Write(
                ref _version, Math.Max(version, changes.Count == 0 ? version : changes.Max(change => change.Version)));
        }
        finally
        {
            _catchingUp.Release();
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        _catchingUp.Dispose();
    }

    /// <summary>
    /// What changed since the version here, as it was at one moment; all there is, when so much was removed that the
    /// index is better rebuilt, or when rows went that would have told of removals. The connection goes back before
    /// anything is made of it.
    /// </summary>
    private async Task<(bool Anew, List<Change> Changes, ILookup<Id<StoredFile>, IndexEntry> Entries)> ReadAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var purged = await connection.FirstOrDefaultAsync(
            $"select purged_version from retrieval.vector_store where id = {storeId}",
            row => row.GetInt64(0),
            cancellationToken);
        var anew = _version < purged || Read(index => index.IsWorn);
        var from = anew ? -1 : _version;
        var changes = await ChangesAsync(connection, from, cancellationToken);
        var entries = await EntriesAsync(connection, from, cancellationToken);
        return (anew, changes, entries.ToLookup(entry => entry.File, entry => entry.Entry));
    }

    /// <summary>Rebuilds the index, next to the one that is searched meanwhile.</summary>
    private void Replace(List<Change> changes, ILookup<Id<StoredFile>, IndexEntry> entries)
    {
        var fresh = new StoreIndex(embedder.Dimensions);
        foreach (var change in changes)
        {
            Apply(fresh, change, entries);
        }

        Write(() => _index = fresh);
    }

    /// <summary>
    /// Changes the index a few files at a time, so that a search waits for some and not for thousands. What it finds
    /// in between is newer than it must be; of each file it finds all or nothing.
    /// </summary>
    private void Apply(List<Change> changes, ILookup<Id<StoredFile>, IndexEntry> entries)
    {
        for (var i = 0; i < changes.Count;)
        {
            Write(() =>
            {
                var added = 0;
                while (i < changes.Count && added < EntriesAtOnce)
                {
                    added += Apply(_index, changes[i++], entries);
                }
            });
        }
    }

    private static int Apply(StoreIndex index, Change change, ILookup<Id<StoredFile>, IndexEntry> entries)
    {
        index.Remove(change.File);
        if (!change.IsThere)
        {
            return 1;
        }

        foreach (var replaced in change.Replaces)
        {
            index.Remove(new(replaced));
        }

        var file = new IndexedFile(
            change.File, AttributeValue.ReadAll(change.Attributes), index.AudienceOf(change.Principals),
            change.Likeness);
        var added = 1;
        foreach (var entry in entries[change.File])
        {
            index.Add(file, entry);
            added++;
        }

        return added;
    }

    private void Write(Action write)
    {
        _lock.EnterWriteLock();
        try
        {
            write();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>What is there comes first: until what replaces a file is added, that file is found.</summary>
    private Task<List<Change>> ChangesAsync(
        NpgsqlConnection connection, long from, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select file_id, version, state = 'completed' and removed_at is null, document_attributes || attributes,
                   principals, array(
                       select r
                       from unnest(replaces) r
                       where not exists (
                           select
                           from retrieval.store_file o
                           where o.vector_store_id = {storeId} and o.file_id = r
                             and o.state = 'completed' and o.removed_at is null)),
                   near_group, case when near_group is not null then signature end, created_at
            from retrieval.store_file
            where vector_store_id = {storeId} and version > {from}
            order by 3 desc
            """,
            row => new Change(
                new(row.GetGuid(0)), row.GetInt64(1), row.GetBoolean(2), row.GetString(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<string[]>(4), row.GetFieldValue<Guid[]>(5),
                row.IsDBNull(6) || row.IsDBNull(7) ? null : new(
                    row.GetGuid(6), MinHash.Read(row.GetFieldValue<byte[]>(7)), row.GetFieldValue<DateTimeOffset>(8))),
            cancellationToken,
            StatementLimits.Long);

    private Task<List<(Id<StoredFile> File, IndexEntry Entry)>> EntriesAsync(
        NpgsqlConnection connection, long from, CancellationToken cancellationToken) => connection.ListAsync(
            $"""
            select e.file_id, e.chunk_id, e.ordinal,
                   case when f.embedder = {embedder.Name} then e.vector else ''::bytea end,
                   e.scale, e.terms, e.term_count, e.language
            from retrieval.store_file f
            join retrieval.entry e on e.vector_store_id = f.vector_store_id and e.file_id = f.file_id
            where f.vector_store_id = {storeId} and f.version > {from}
              and f.state = 'completed' and f.removed_at is null
            """,
            row => (
                new Id<StoredFile>(row.GetGuid(0)),
                new IndexEntry(
                    new(row.GetGuid(1)), row.GetInt32(2), row.GetFieldValue<byte[]>(3), row.GetFloat(4),
                    row.GetFieldValue<byte[]>(5), row.GetInt32(6), row.GetString(7))),
            cancellationToken,
            StatementLimits.Long);

    /// <param name="Replaces">Files that it takes the place of and that are not there: they go as it comes.</param>
    private sealed record Change(
        Id<StoredFile> File, long Version, bool IsThere, string Attributes, string[]? Principals, Guid[] Replaces,
        Likeness? Likeness);
}
