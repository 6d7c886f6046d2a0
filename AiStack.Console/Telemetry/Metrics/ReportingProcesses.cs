namespace AiStack.Console.Telemetry.Metrics;

/// <summary>When each process reported metrics last, before the message at hand.</summary>
internal sealed class ReportingProcesses
{
    /// <summary>Processes that are remembered; a restarted service is a new one.</summary>
    private const int MaxProcesses = 1_000;

    private readonly Dictionary<(string Service, string? Instance), (DateTimeOffset? Before, DateTimeOffset Last)> _processes = [];

    /// <summary>Begins a message.</summary>
    public void Heard(IReadOnlyCollection<MetricUpdate> updates)
    {
        if (_processes.Count > MaxProcesses)
        {
            // Forgotten, a process is a new one: amounts between two of its reports are lost, nothing else.
            _processes.Clear();
        }

        foreach (var process in updates.Where(update => update.Points.Count > 0).GroupBy(update => Key(update.Resource)))
        {
            var time = process.Max(update => update.Points.Max(point => point.Time));
            _processes[process.Key] = _processes.TryGetValue(process.Key, out var known) ? (known.Last, time) : (null, time);
        }
    }

    /// <summary>When the process reported before this message; <c>null</c> when this is its first.</summary>
    public DateTimeOffset? LastHeard(TelemetryResource resource) => _processes.GetValueOrDefault(Key(resource)).Before;

    private static (string Service, string? Instance) Key(TelemetryResource resource) => (resource.Service, resource.Instance);
}
