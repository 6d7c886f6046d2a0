using System.Collections.Concurrent;
using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Files;

/// <summary>The files of a store, or all there are, as far as they have been asked for; newest first.</summary>
internal sealed class FileList(FilesApi files, StoresApi stores)
{
    private const int PageSize = 100;
    private const int MaxRowsRefreshed = 100;
    private const int MaxParallelCalls = 8;
    private readonly Dictionary<string, FileView> _names = [];
    private List<FileRow> _rows = [];
    private string? _last;

    /// <summary>
    /// Grows with each change that the person makes: a refresh that began before would undo it.
    /// </summary>
    private int _version;

    /// <summary>The store whose files are listed; <c>null</c> lists all files.</summary>
    public StoreView? Store { get; private set; }

    public IReadOnlyList<FileRow> Rows => _rows;

    public bool HasMore { get; private set; }

    public bool IsLoaded { get; private set; }

    public bool IsInProgress => Store?.FileCounts.InProgress > 0 || _rows.Exists(row => row.IsInProgress);

    /// <summary>Lists from the start again.</summary>
    public async Task<Fault?> OpenAsync(StoreView? store, CancellationToken cancellationToken)
    {
        _version++;
        (Store, _rows, _last, IsLoaded, HasMore) = (store, [], null, false, false);
        return await LoadMoreAsync(cancellationToken);
    }

    /// <summary>Adds the next page.</summary>
    public async Task<Fault?> LoadMoreAsync(CancellationToken cancellationToken)
    {
        var store = Store;
        var outcome = await ReadPageAsync(_last, cancellationToken);
        if (!outcome.TryGet(out var page, out var fault))
        {
            return fault;
        }

        if (store?.Id == Store?.Id)
        {
            _version++;
            _rows = [.. _rows, .. page.Data.ExceptBy(_rows.Select(row => row.Id), row => row.Id)];
            (_last, HasMore, IsLoaded) = (Last(page) ?? _last, page.HasMore, true);
        }

        return null;
    }

    /// <summary>Looks again at what may have changed: the newest page, and the files that were in progress.</summary>
    public async Task<Fault?> RefreshAsync(CancellationToken cancellationToken)
    {
        var (store, version) = (Store, _version);
        if (store is not null)
        {
            var read = await stores.GetAsync(store.Id, cancellationToken);
            if (!read.TryGet(out store, out var lost))
            {
                return version == _version ? lost : null;
            }
        }

        var outcome = await ReadPageAsync(null, cancellationToken);
        if (!outcome.TryGet(out var newest, out var fault))
        {
            return version == _version ? fault : null;
        }

        var older = await RefreshOlderAsync(newest, cancellationToken);
        if (version == _version)
        {
            (Store, _rows) = (store, [.. newest.Data, .. older]);
            HasMore |= _rows.Count == newest.Data.Count && newest.HasMore;
            _last = _rows.LastOrDefault()?.Id;
        }

        return null;
    }

    /// <summary>Takes a deleted file out of the list.</summary>
    public void Remove(string id)
    {
        _version++;
        _rows = [.. _rows.Where(row => row.Id != id)];
    }

    private async Task<List<FileRow>> RefreshOlderAsync(Page<FileRow> newest, CancellationToken cancellationToken)
    {
        // Rows within the newest page's span that it no longer has are deleted; those after it were not looked at.
        var last = Last(newest);
        var known = newest.Data.Select(row => row.Id).ToHashSet();
        var end = newest.HasMore ? _rows.FindIndex(row => row.Id == last) : _rows.Count - 1;
        var older = _rows.Skip(end + 1).Where(row => !known.Contains(row.Id)).ToList();
        if (Store is not { } store)
        {
            return older;
        }

        var stale = older.Where(row => row.IsInProgress).Take(MaxRowsRefreshed).ToList();
        var options =
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelCalls, CancellationToken = cancellationToken };
        var fresh = new ConcurrentDictionary<string, StoreFileView>();
        await Parallel.ForEachAsync(stale, options, async (row, token) =>
        {
            if ((await stores.GetFileAsync(store.Id, row.Id, token)).TryGet(out var view, out _))
            {
                fresh[row.Id] = view;
            }
        });
        return [.. older.Select(row => fresh.TryGetValue(row.Id, out var view) ? row with { InStore = view } : row)];
    }

    private async Task<Outcome<Page<FileRow>>> ReadPageAsync(string? after, CancellationToken cancellationToken)
    {
        if (Store is not { } store)
        {
            var all = await files.ListAsync(after, PageSize, cancellationToken);
            return all.TryGet(out var page, out var refused)
                ? new Page<FileRow>([.. page.Data.Select(file => new FileRow(file.Id, file, null))], page.HasMore)
                : refused;
        }

        var outcome = await stores.ListFilesAsync(store.Id, after, PageSize, cancellationToken);
        if (!outcome.TryGet(out var inStore, out var fault))
        {
            return fault;
        }

        await LearnNamesAsync(inStore.Data, cancellationToken);
        return new Page<FileRow>(
            [.. inStore.Data.Select(file => new FileRow(file.Id, _names.GetValueOrDefault(file.Id), file))],
            inStore.HasMore);
    }

    // A store lists only ids. Names never change, so each is asked for once.
    private async Task LearnNamesAsync(IReadOnlyList<StoreFileView> listed, CancellationToken cancellationToken)
    {
        var unknown = listed.Select(file => file.Id).Where(id => !_names.ContainsKey(id)).ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        if ((await files.ListAsync(null, PageSize, cancellationToken)).TryGet(out var newest, out _))
        {
            Remember(newest.Data);
        }

        unknown.RemoveAll(_names.ContainsKey);
        var options =
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelCalls, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(unknown, options, async (id, token) =>
        {
            if ((await files.GetAsync(id, token)).TryGet(out var file, out _))
            {
                Remember([file]);
            }
        });
    }

    private static string? Last(Page<FileRow> page) => page.Data is [.., var last] ? last.Id : null;

    private void Remember(IReadOnlyList<FileView> views)
    {
        lock (_names)
        {
            foreach (var view in views)
            {
                _names[view.Id] = view;
            }
        }
    }
}
