using System.Globalization;

namespace AiStack.AppHost.Local.Feed;

/// <summary>What one process and all that it has started have used.</summary>
internal readonly record struct ProcessUse(int ProcessId, TimeSpan Cpu, long MemoryBytes);

/// <summary>
/// All processes of this machine at one moment, from Linux's /proc; on other systems there is none to read, and
/// nothing is told. A server's children count as its own: PostgreSQL has one for each connection.
/// </summary>
internal sealed class ProcessTable
{
    /// <summary>/proc counts in hundredths of a second, whatever the kernel's own clock is.</summary>
    private const int TicksPerSecond = 100;

    private readonly Dictionary<int, long> _ticks = [];
    private readonly Dictionary<int, List<int>> _children = [];

    /// <summary>The processes of now, or <c>null</c> where the system does not tell.</summary>
    public static ProcessTable? Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var table = new ProcessTable();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
            {
                table.Add(id);
            }
        }

        return table;
    }

    /// <summary>What the process and its descendants use, or <c>null</c> when it is gone.</summary>
    public ProcessUse? Of(int processId)
    {
        if (!_ticks.ContainsKey(processId))
        {
            return null;
        }

        long ticks = 0, ownPages = 0, sharedPages = 0;
        var open = new Stack<int>([processId]);
        while (open.TryPop(out var id))
        {
            ticks += _ticks[id];
            var (resident, shared) = Pages(id);
            ownPages += resident - shared;
            sharedPages = Math.Max(sharedPages, shared); // The same memory, mapped by each: it counts once.
            _children.GetValueOrDefault(id)?.ForEach(open.Push);
        }

        return new ProcessUse(
            processId,
            TimeSpan.FromSeconds((double)ticks / TicksPerSecond),
            (ownPages + sharedPages) * Environment.SystemPageSize);
    }

    private void Add(int id)
    {
        if (Text($"/proc/{id}/stat") is not { Length: > 0 } stat)
        {
            return;
        }

        // The program's name, in parentheses, may hold anything; what follows it is numbers (proc(5)): the parent is
        // the 4th field of the line, utime to cstime, own time and that of children that have ended, are 14 to 17.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        _ticks[id] = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        var parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
        if (!_children.TryGetValue(parent, out var children))
        {
            _children[parent] = children = [];
        }

        children.Add(id);
    }

    private static (long Resident, long Shared) Pages(int id) =>
        Text($"/proc/{id}/statm")?.Split(' ') is [_, var resident, var shared, ..]
            ? (long.Parse(resident, CultureInfo.InvariantCulture), long.Parse(shared, CultureInfo.InvariantCulture))
            : (0, 0);

    private static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // The process has ended in the meantime.
        }
    }
}
