using System.Diagnostics;
using System.Text.Json;

namespace AiStack.AppHost.Local.Processes;

/// <summary>The children of a host, written down so that the next host can end what a crash left running.</summary>
internal static class Leftovers
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Writes down who runs now.</summary>
    public static void Record(string file, IReadOnlyDictionary<string, int> processes) =>
        PrivateFile.Write(file, JsonSerializer.Serialize(processes, PrivateFile.Json));

    /// <summary>Waits for the children of a host that crashed to end, and kills those that do not.</summary>
    public static async Task EndAsync(string file, Terminal terminal, TimeProvider time)
    {
        if (!File.Exists(file))
        {
            return;
        }

        // An id that started after the file was written belongs to somebody else by now.
        var written = File.GetLastWriteTime(file);
        var processes = JsonSerializer.Deserialize<Dictionary<string, int>>(await File.ReadAllTextAsync(file)) ?? [];
        var begun = time.GetTimestamp();
        foreach (var (name, id) in processes)
        {
            while (StartOf(id) is { } start && start < written)
            {
                if (time.GetElapsedTime(begun) > _grace)
                {
                    terminal.Warn($"Killed {name} (process {id}), which an earlier host had left running.");
                    Process.GetProcessById(id).Kill();
                    break;
                }

                UnixSignals.Send(id, UnixSignal.Terminate);
                await Task.Delay(_poll, time);
            }
        }

        File.Delete(file);
    }

    /// <summary>Whether a process of this name runs under this id; one that only waits to be reaped does not.</summary>
    public static bool IsAlive(int id, string name)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName == name && !IsZombie(id);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether any process runs under this id.</summary>
    public static bool IsAlive(int id) => StartOf(id) is not null;

    private static DateTime? StartOf(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return IsZombie(id) ? null : process.StartTime;
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // In a container whose first process does not reap, the dead stay listed for ever.
    private static bool IsZombie(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
