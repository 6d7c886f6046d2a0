namespace AiStack.AppHost.Local.Parts;

/// <summary>Where fetched programs are kept: per user, shared by all checkouts and data folders.</summary>
internal static class PartsFolder
{
    // Under root, PostgreSQL runs as another user, who cannot look into root's home.
    public static string Of(RunContext run) => run switch
    {
        _ when OperatingSystem.IsWindows() => Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "aistack"),
        _ when Environment.IsPrivilegedProcess => "/var/cache/aistack",
        _ when run.Configuration["XDG_CACHE_HOME"] is { Length: > 0 } cache => Path.Combine(cache, "aistack"),
        _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "aistack"),
    };

    /// <summary>
    /// The folder of a part, made by <paramref name="fetch"/> if it is not there. Two hosts may fetch at once:
    /// each into a folder of its own, and the first to finish gives its folder the name.
    /// </summary>
    public static async Task<string> GetOrFetchAsync(
        RunContext run, string part, string title, Func<string, Task> fetch)
    {
        var folder = Path.Combine(Of(run), part);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var unfinished = $"{folder}.{RandomText.Letters(8)}";
        Directory.CreateDirectory(unfinished);
        var begun = run.Time.GetTimestamp();
        using var progress = run.Time.CreateTimer(
            _ => run.Terminal.Say($"Fetching {title}: {Megabytes(unfinished)} MB so far."),
            null, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));
        run.Terminal.Say($"Fetching {title}, which is not on this machine (once; kept in {folder}).");
        try
        {
            await fetch(unfinished);
            if (!Directory.Exists(folder))
            {
                Directory.Move(unfinished, folder);
            }
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }

        run.Terminal.Say($"Fetched {title} in {run.Time.GetElapsedTime(begun).TotalSeconds:0} s.");
        return folder;
    }

    private static long Megabytes(string folder)
    {
        try
        {
            var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories);
            return files.Sum(file => file.Length) >> 20;
        }
        catch (IOException)
        {
            return 0; // Files come and go while the package manager works.
        }
    }
}
