namespace AiStack.Ingest.Connectors.Folder;

/// <summary>Keeps sources in the folders that the operator names, wherever links lead.</summary>
internal sealed class FolderRoots(IEnumerable<string> roots)
{
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

    /// <summary>The path with every link in it followed; null where one leads nowhere or in a circle.</summary>
    public static string? Real(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(
            Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            try
            {
                // A link may lead to a path that has links in it: that is looked at in the same way.
                real = File.ResolveLinkTarget(next, returnFinalTarget: true) is { } target
                    && target.FullName != next
                    ? Real(target.FullName)
                    : next;
            }
            catch (IOException)
            {
                return null;
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }

            if (real is null)
            {
                return null;
            }
        }

        return real;
    }
}
