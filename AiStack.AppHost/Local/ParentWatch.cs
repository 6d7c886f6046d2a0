namespace AiStack.AppHost.Local;

/// <summary>
/// Stops the stack when the <c>dotnet run</c> that started it is killed: Ctrl-C and SIGTERM it passes on, but a
/// SIGKILL it cannot. Other parents, such as a shell, may go; a host in the background lives on.
/// </summary>
internal static class ParentWatch
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    public static void Begin(StopSignals stop, TimeProvider time)
    {
        if (OperatingSystem.IsLinux() && Parent() is var parent && IsDotnetRun(parent))
        {
            _ = WatchAsync(parent, stop, time);
        }
    }

    private static async Task WatchAsync(string parent, StopSignals stop, TimeProvider time)
    {
        while (Parent() == parent)
        {
            await Task.Delay(_interval, time);
        }

        stop.Stop();
    }

    // The fourth field of stat; the second, the program's name, may hold spaces but ends at the last bracket.
    private static string Parent()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
    }

    private static bool IsDotnetRun(string processId)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{processId}/cmdline").Split('\0');
            return Path.GetFileName(command[0]) == "dotnet" && command.Contains("run");
        }
        catch (IOException)
        {
            return false;
        }
    }
}
