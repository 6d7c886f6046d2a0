using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.FileSystemGlobbing;

namespace AiStack.Ingest.Connectors.Folder;

/// <summary>
/// Reads a folder, one folder in it at a time. Links are followed as far as they lead to a place in it that is not
/// above them; what they lead out of it is not there.
/// </summary>
internal sealed class FolderConnector : IConnector
{
    /// <summary>Folders in folders; more is a circle that no link shows.</summary>
    private const int MaxDepth = 100;

    private readonly string _folder;
    private readonly FolderSettings _settings;
    private readonly Matcher _matcher = new(StringComparison.Ordinal);

    public FolderConnector(string folder, FolderSettings settings)
    {
        (_folder, _settings) = (folder, settings);
        _matcher.AddIncludePatterns(settings.Include is { Count: > 0 } include ? include : ["**/*"]);
        _matcher.AddExcludePatterns(settings.Exclude);
    }

    public bool FetchesLater => true;

    public async IAsyncEnumerable<SourceItem> DiscoverAsync(
        Discovery discovery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield(); // A disk may be slow: the caller goes on meanwhile.
        foreach (var item in List(_folder, "", 0, discovery))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }

        if (!Directory.Exists(_folder))
        {
            throw new SourceException($"The folder '{_settings.Path}' went away while it was read.");
        }
    }

    public async Task<Stream> FetchAsync(SourceItem item, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var path = Path.Combine(_folder, item.Id);
        // The path may lead elsewhere since it was listed.
        if (FolderRoots.Real(path) is not { } real || !FolderRoots.IsIn(_folder, real))
        {
            throw new SourceItemException("The file is no longer there.");
        }

        try
        {
            return new SteadyFile(new FileInfo(real), item.Version!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceItemException(
                exception is UnauthorizedAccessException
                    ? "The file may not be read by the service."
                    : "The file cannot be opened.",
                exception);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Changes with its bytes, as far as the file system tells.</summary>
    public static string Version(FileInfo file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}");

    private IEnumerable<SourceItem> List(string folder, string prefix, int depth, Discovery discovery)
    {
        List<string> folders = [];
        using (var entries = Open(folder, prefix, discovery))
        {
            while (Next(entries, prefix, discovery) is { } entry)
            {
                if (!IsWritten(entry.Name))
                {
                    yield return new(prefix + entry.Name, entry.Name)
                    {
                        Problem = "Its name is not written in UTF-8: give it another name.",
                    };
                }
                else if (entry is DirectoryInfo)
                {
                    folders.Add(entry.Name);
                }
                else if (Item((FileInfo)entry, prefix + entry.Name) is { } item)
                {
                    yield return item;
                }
            }
        }

        foreach (var name in _settings.Recursive ? folders : [])
        {
            var path = Path.Combine(folder, name);
            if (depth >= MaxDepth)
            {
                discovery.Miss($"{prefix}{name}/", $"It lies in more than {MaxDepth} folders.");
            }
            else if (Leads(path, folder))
            {
                foreach (var item in List(path, $"{prefix}{name}/", depth + 1, discovery))
                {
                    yield return item;
                }
            }
        }
    }

    private SourceItem? Item(FileInfo file, string id)
    {
        if (!_matcher.Match(id).HasMatches)
        {
            return null;
        }

        if (file.LinkTarget is not null)
        {
            if (FolderRoots.Real(file.FullName) is not { } real || !FolderRoots.IsIn(_folder, real))
            {
                return null;
            }

            file = new(real);
        }

        if (!file.Exists)
        {
            return null;
        }

        return new(id, Path.GetFileName(id))
        {
            Version = Version(file),
            SizeBytes = file.Length,
            ModifiedAt = file.LastWriteTimeUtc,
        };
    }

    private IEnumerator<FileSystemInfo>? Open(string folder, string prefix, Discovery discovery) =>
        Try(() => new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions
        {
            IgnoreInaccessible = false,
            AttributesToSkip = _settings.Hidden ? 0 : FileAttributes.Hidden,
            RecurseSubdirectories = false,
        }).GetEnumerator(), prefix, discovery);

    private FileSystemInfo? Next(IEnumerator<FileSystemInfo>? entries, string prefix, Discovery discovery) =>
        entries is null ? null : Try(() => entries.MoveNext() ? entries.Current : null, prefix, discovery);

    /// <summary>What cannot be listed is missed; when that is all of it, there is nothing to go by.</summary>
    private T? Try<T>(Func<T?> read, string prefix, Discovery discovery)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = exception is UnauthorizedAccessException
                ? "The service may not read it."
                : "It cannot be listed.";
            if (prefix.Length == 0)
            {
                throw new SourceException($"The folder '{_settings.Path}': {reason}", exception);
            }

            discovery.Miss(prefix, reason);
            return null;
        }
    }

    /// <summary>Whether a folder is one to go into: a link must not lead out, nor to where it is in itself.</summary>
    private bool Leads(string path, string above)
    {
        if (new DirectoryInfo(path).LinkTarget is null)
        {
            return true;
        }

        return FolderRoots.Real(path) is { } real && FolderRoots.IsIn(_folder, real)
            && FolderRoots.Real(above) is { } from && !FolderRoots.IsIn(real, from);
    }

    // .NET gives U+FFFD for bytes that are no UTF-8; the path that it makes of that leads nowhere.
    private static bool IsWritten(string name) => !name.Contains('\uFFFD', StringComparison.Ordinal);
}
