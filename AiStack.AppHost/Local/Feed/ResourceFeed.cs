using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiStack.AppHost.Local.Feed;

/// <summary>The resources of a running stack as they are and as they change, for those who may know.</summary>
internal sealed class ResourceFeed : IAsyncDisposable
{
    /// <summary>How the feed is written: as a browser's script would.</summary>
    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly TimeSpan _samplingInterval = TimeSpan.FromSeconds(1);

    private readonly RunContext _run;
    private readonly List<(Resource Resource, Unit Unit)> _parts;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Signal _changed = new();
    private readonly Task _sampling;
    private volatile IReadOnlyDictionary<string, Usage> _usage = new Dictionary<string, Usage>();

    public ResourceFeed(
        RunContext run, IReadOnlyList<Resource> resources, IReadOnlyDictionary<string, Unit> units)
    {
        _run = run;
        _parts = [.. resources.Where(resource => units.ContainsKey(resource.Name))
            .Select(resource => (resource, units[resource.Name]))];
        run.ResourcesChanged += _changed.Raise;
        _sampling = Task.Run(() => SampleAsync(_stopping.Token));
    }

    /// <summary>All resources, as they are now.</summary>
    public IReadOnlyList<ResourceView> Read() => [.. _parts.Select(part => View(part.Resource, part.Unit))];

    /// <summary>Each time that something has changed, the resources that have; at first all of them.</summary>
    public async IAsyncEnumerable<IReadOnlyList<string>> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Dictionary<string, string> told = new(StringComparer.Ordinal);
        while (true)
        {
            var next = _changed.Next;
            List<string> news = [];
            foreach (var view in Read())
            {
                var text = JsonSerializer.Serialize(view, Json);
                if (told.GetValueOrDefault(view.Name) != text)
                {
                    told[view.Name] = text;
                    news.Add(text);
                }
            }

            yield return news;
            await next.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _run.ResourcesChanged -= _changed.Raise;
        await _stopping.CancelAsync();
        await _sampling;
        _stopping.Dispose();
    }

    private ResourceView View(Resource resource, Unit unit)
    {
        var usage = _usage.GetValueOrDefault(unit.Name);
        return new ResourceView
        {
            Name = unit.Name,
            Kind = resource.Kind,
            State = unit.State,
            Health = unit.Failing is { } failing ? new HealthView(failing.Count == 0, failing) : null,
            ProcessId = unit.ProcessId,
            StartedAt = unit.StartedAt,
            Restarts = unit.Restarts,
            LastExitCode = unit.LastExitCode,
            CpuPercent = usage?.CpuPercent,
            MemoryBytes = usage?.MemoryBytes,
            Endpoints = resource.Endpoints(_run),
            Environment = unit.Environment.ToDictionary(
                setting => setting.Key, setting => _run.Redaction.Of(setting.Key, setting.Value)),
            WaitsFor = Names(resource.ComesAfter, resource),
            Uses = Names(resource.References, resource),
            Commands = unit.Commands,
        };
    }

    // A database is named by the server that it is in: that is what runs.
    private static List<string> Names(IEnumerable<Resource> others, Resource self) =>
        [.. others.Select(other => other.RunsIn.Name).Where(name => name != self.Name).Distinct()];

    private async Task SampleAsync(CancellationToken stopping)
    {
        var meter = new UsageMeter(_run.Time);
        try
        {
            while (true)
            {
                if (ProcessTable.Read() is { } table)
                {
                    _usage = Measure(meter, table);
                    _changed.Raise();
                }

                await Task.Delay(_samplingInterval, _run.Time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The stack stops.
        }
    }

    private Dictionary<string, Usage> Measure(UsageMeter meter, ProcessTable table)
    {
        Dictionary<string, Usage> usage = new(StringComparer.Ordinal);
        foreach (var (_, unit) in _parts)
        {
            if (meter.Measure(unit.Name, unit.ProcessId is { } id ? table.Of(id) : null) is { } used)
            {
                usage[unit.Name] = used;
            }
        }

        return usage;
    }
}
