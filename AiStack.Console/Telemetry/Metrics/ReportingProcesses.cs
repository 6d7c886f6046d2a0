namespace AiStack.Console.Telemetry.Metrics;

/// <summary>When each process reported metrics last, before the message at hand.</summary>
internal sealed class ReportingProcesses
{
    /// <summary>Processes that are remembered; a restarted service is a new one.</summary>
    private const int MaxProcesses = 1_000;

    private readonly Dictionary<ProcessKey, (DateTimeOffset? Before, DateTimeOffset Last)> _processes = [];

    /// <summary>Begins a message.</summary>
    public void Heard(IReadOnlyCollection<MetricUpdate> updates)
    {
        if (_processes.Count > MaxProcesses)
        {
            // Forgotten, a process is a new one: amounts between two of its reports are lost, nothing else.
            _processes.Clear();
        }

        var processes = updates.Where(update => update.Points.Count > 0).GroupBy(update => Key(update.Resource));
        foreach (var process in processes)
        {
            var time = process.Max(update => update.Points.Max(point => point.Time));
            _processes[process.Key] = _processes.TryGetValue(process.Key, out var known)
                ? (known.Last, time)
                : (null, time);
        }
    }

    /// <summary>When the process reported before this message; <c>null</c> when this is its first.</summary>
    public DateTimeOffset? LastHeard(TelemetryResource resource) => _processes.GetValueOrDefault(Key(resource)).Before;

    private static ProcessKey Key(TelemetryResource resource) =>
        new(resource.Service, resource.Instance, resource.IsImported);

    private readonly record struct ProcessKey(string Service, string? Instance, bool IsImported);
}
