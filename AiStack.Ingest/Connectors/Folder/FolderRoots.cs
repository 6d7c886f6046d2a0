namespace AiStack.Ingest.Connectors.Folder;

/// <summary>Keeps sources in the folders that the operator names, wherever links lead.</summary>
internal sealed class FolderRoots(IEnumerable<string> roots)
{
    /// <summary>Links of one path, as Linux counts them; more is a circle.</summary>
    private const int MaxLinks = 40;

    /// <summary>ENOTDIR of Linux, which .NET has no exception for.</summary>
    private const int NotAFolder = 20;

    private readonly List<string> _roots = [.. roots.Select(Real).OfType<string>()];

    public bool Any => _roots.Count > 0;

    /// <summary>The folder without links in its path; null when it is not there or may not be read.</summary>
    public string? Find(string path) =>
        Path.IsPathFullyQualified(path) && Real(path) is { } real && Holds(real) && Directory.Exists(real)
            ? real
            : null;

    /// <summary>Whether a path without links in it lies in a folder that may be read.</summary>
    public bool Holds(string real) => _roots.Exists(root => IsIn(root, real));

    public static bool IsIn(string folder, string path) =>
        path == folder || path.StartsWith(
            folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);

    /// <summary>The path with every link in it followed; null where one leads nowhere, or may not be read.</summary>
    public static string? Real(string path)
    {
        try
        {
            return Follow(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Real"/>, but null only where it is sure that the path leads nowhere.</summary>
    /// <exception cref="IOException">It cannot be told now.</exception>
    /// <exception cref="UnauthorizedAccessException">The service may not read a part of it.</exception>
    public static string? Follow(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var left = new Stack<string>();
        Push(left, full[real.Length..]);
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (!TryReadLink(next, out var target))
            {
                return null;
            }

            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            // Where a link leads may have links in it: they are followed in the same way.
            var root = Path.GetPathRoot(target)!;
            real = root.Length > 0 ? root : real;
            Push(left, target[root.Length..]);
        }

        return real;
    }

    /// <summary>Whether an error says that a path is not there, and not that it cannot be told.</summary>
    public static bool IsGone(Exception exception) =>
        exception is FileNotFoundException or DirectoryNotFoundException or PathTooLongException
            or IOException { HResult: NotAFolder };

    private static bool TryReadLink(string path, out string? target)
    {
        try
        {
            target = File.ResolveLinkTarget(path, returnFinalTarget: false) is { } found
                ? new FileInfo(path).LinkTarget ?? found.FullName
                : null;
            return true;
        }
        catch (IOException exception) when (IsGone(exception))
        {
            target = null;
            return false;
        }
    }

    private static void Push(Stack<string> parts, string path)
    {
        foreach (var part in path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part != ".").Reverse())
        {
            parts.Push(part);
        }
    }
}
