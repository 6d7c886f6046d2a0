using System.Diagnostics;
using System.Globalization;

namespace AiStack.Tests.EndToEnd;

/// <summary>The processes that a host has started, from Linux's own tables.</summary>
internal static class ProcessTree
{
    /// <summary>
    /// Every process that names <paramref name="text"/> in its command line: the stores by their data folder, the
    /// services by their children's orchestrator, and so on.
    /// </summary>
    public static IReadOnlyList<int> Naming(string text) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => (Name: Path.GetFileName(folder), CommandLine: CommandLineOf(folder)))
            .Where(process => process.CommandLine.Contains(text, StringComparison.Ordinal))
            .Select(process => int.TryParse(process.Name, out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId),
    ];

    /// <summary>Every process that it has started, and that those have started.</summary>
    public static IReadOnlyList<int> Under(int id)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(folder => (IsProcess: int.TryParse(Path.GetFileName(folder), out var process), Id: process))
            .Where(entry => entry.IsProcess)
            .Select(entry => (entry.Id, Parent: ParentOf(entry.Id)))
            .ToLookup(entry => entry.Parent, entry => entry.Id);
        return [.. Below(id)];

        IEnumerable<int> Below(int parent) => parents[parent].SelectMany(child => Below(child).Prepend(child));
    }

    /// <summary>Every process that was started with <paramref name="text"/> in its environment.</summary>
    public static IReadOnlyList<int> Knowing(string text) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(folder => Read(Path.Combine(folder, "environ")).Contains(text, StringComparison.Ordinal))
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0),
    ];

    /// <summary>Ends it with SIGKILL, as a crash does.</summary>
    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <summary>Whether a process runs under this id; one that only waits to be reaped does not.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return !stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return false;
        }
    }

    // "pid (name) state parent ...", and a name may hold anything.
    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It has gone.
        }
    }

    private static string CommandLineOf(string folder) => Read(Path.Combine(folder, "cmdline"));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // No process, or one that has gone.
        }
    }
}
