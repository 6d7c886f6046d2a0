using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
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
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly SemaphoreSlim _catchingUp = new(1, 1);
    private StoreIndex _index = new(embedder.Dimensions);
    private long _version = -1;

    public long ApproximateBytes => Read(index => index.ApproximateBytes);

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

            await using var connection = await database.OpenForAsync(projectId, cancellationToken);
            await using var snapshot = await connection.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            var worn = Read(index => index.IsWorn);
            var from = worn ? -1 : _version;
            var changes = await ChangesAsync(connection, from, cancellationToken);
            var entries = await EntriesAsync(connection, from, cancellationToken);
            Apply(worn ? new StoreIndex(embedder.Dimensions) : null, changes, entries);
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

    private void Apply(StoreIndex? fresh, List<Change> changes, List<(Id<StoredFile> File, IndexEntry Entry)> entries)
    {
        var files = changes.Where(change => change.IsThere)
            .ToDictionary(
                change => change.File,
                change => new IndexedFile(change.File, AttributeValue.ReadAll(change.Attributes)));
        _lock.EnterWriteLock();
        try
        {
            _index = fresh ?? _index;
            foreach (var change in changes)
            {
                _index.Remove(change.File);
            }

            foreach (var (file, entry) in entries)
            {
                _index.Add(files[file], entry);
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    private Task<List<Change>> ChangesAsync(
        NpgsqlConnection connection, long from, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select file_id, version, state = 'completed' and removed_at is null, attributes
            from retrieval.store_file
            where vector_store_id = {storeId} and version > {from}
            """,
            row => new Change(new(row.GetGuid(0)), row.GetInt64(1), row.GetBoolean(2), row.GetString(3)),
            cancellationToken);

    private Task<List<(Id<StoredFile> File, IndexEntry Entry)>> EntriesAsync(
        NpgsqlConnection connection, long from, CancellationToken cancellationToken) => connection.ListAsync(
            $"""
            select e.file_id, e.chunk_id, e.ordinal,
                   case when f.embedder = {embedder.Name} then e.vector else ''::bytea end,
                   e.scale, e.terms, e.term_count
            from retrieval.store_file f
            join retrieval.entry e on e.vector_store_id = f.vector_store_id and e.file_id = f.file_id
            where f.vector_store_id = {storeId} and f.version > {from}
              and f.state = 'completed' and f.removed_at is null
            """,
            row => (
                new Id<StoredFile>(row.GetGuid(0)),
                new IndexEntry(
                    new(row.GetGuid(1)), row.GetInt32(2), row.GetFieldValue<byte[]>(3), row.GetFloat(4),
                    row.GetFieldValue<byte[]>(5), row.GetInt32(6))),
            cancellationToken);

    private sealed record Change(Id<StoredFile> File, long Version, bool IsThere, string Attributes);
}
