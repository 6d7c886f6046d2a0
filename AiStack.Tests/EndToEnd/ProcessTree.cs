using System.Diagnostics;

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
