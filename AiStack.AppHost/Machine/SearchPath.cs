namespace AiStack.AppHost.Machine;

/// <summary>The folders of the environment's PATH, in which programs are searched.</summary>
internal sealed class SearchPath(string? path)
{
    private static readonly string[] _extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];

    private readonly string[] _folders =
        (path ?? "/usr/local/bin:/usr/bin:/bin").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The full path of the program, or <c>null</c>.</summary>
    public string? Find(string program) => _folders
        .SelectMany(folder => _extensions.Select(extension => Path.Combine(folder, program + extension)))
        .FirstOrDefault(LeadsToFile);

    // A link whose target was uninstalled exists, but cannot be run.
    private static bool LeadsToFile(string path) =>
        File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);
}
