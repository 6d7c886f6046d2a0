namespace AiStack.Ingest.Connectors.Folder;

/// <summary>Tells when something in a folder changed. What it misses it tells as a change, too.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    public FolderWatch(string folder, bool recursive, Action changed)
    {
        _watcher = new(folder)
        {
            IncludeSubdirectories = recursive,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                | NotifyFilters.Size,
        };
        _watcher.Changed += (_, _) => changed();
        _watcher.Created += (_, _) => changed();
        _watcher.Deleted += (_, _) => changed();
        _watcher.Renamed += (_, _) => changed();
        _watcher.Error += (_, _) => changed();
        try
        {
            _watcher.EnableRaisingEvents = true;
        }
        catch (IOException exception)
        {
            // The system allows a user so many watches.
            _watcher.Dispose();
            throw new SourceException("The folder cannot be watched: it has too many folders in it.", exception);
        }
    }

    public void Dispose() => _watcher.Dispose();
}
