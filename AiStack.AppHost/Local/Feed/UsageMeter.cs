namespace AiStack.AppHost.Local.Feed;

/// <summary>CPU, in percent of one core, and memory of a resource's processes over the last second.</summary>
internal sealed record Usage(double? CpuPercent, long MemoryBytes);

/// <summary>Turns two looks at a process into how busy it was between them.</summary>
internal sealed class UsageMeter(TimeProvider time)
{
    private readonly Dictionary<string, (ProcessUse Use, long At)> _last = new(StringComparer.Ordinal);

    /// <summary>What this resource uses now; without CPU at the first look at a process.</summary>
    public Usage? Measure(string resource, ProcessUse? now)
    {
        if (now is not { } use)
        {
            _last.Remove(resource);
            return null;
        }

        var at = time.GetTimestamp();
        double? cpu = null;
        if (_last.TryGetValue(resource, out var last) && last.Use.ProcessId == use.ProcessId)
        {
            var spent = use.Cpu - last.Use.Cpu;
            cpu = Math.Round(Math.Max(0, 100 * spent / time.GetElapsedTime(last.At, at)), 1);
        }

        _last[resource] = (use, at);
        return new Usage(cpu, use.MemoryBytes);
    }
}
