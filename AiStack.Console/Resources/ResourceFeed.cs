using System.Collections.Immutable;

namespace AiStack.Console.Resources;

/// <summary>What a part has used over the last minute or so, oldest first.</summary>
internal sealed record UsageHistory(ImmutableArray<double> CpuPercent, ImmutableArray<double> MemoryBytes)
{
    /// <summary>How many looks are kept, one a second.</summary>
    public const int MaxSamples = 60;

    public static UsageHistory Empty { get; } = new([], []);

    public UsageHistory With(Resource resource) => new(
        Add(CpuPercent, resource.CpuPercent ?? 0), Add(MemoryBytes, resource.MemoryBytes ?? 0));

    private static ImmutableArray<double> Add(ImmutableArray<double> samples, double sample) =>
        [.. samples.Skip(samples.Length - MaxSamples + 1), sample];
}

/// <summary>The parts of the stack as they are now, for all pages: the host pushes, nobody asks.</summary>
internal sealed class ResourceFeed(HostClient host, TimeProvider time, ILogger<ResourceFeed> logger)
    : HostSubscription<Resource>(host, time, logger)
{
    /// <summary>The host looks at usage once a second, and tells other changes as they come.</summary>
    private static readonly TimeSpan _sampling = TimeSpan.FromMilliseconds(900);

    private readonly TimeProvider _time = time;
    private volatile IReadOnlyList<Resource>? _resources;
    private volatile ImmutableDictionary<string, UsageHistory> _usage = ImmutableDictionary<string, UsageHistory>.Empty;
    private long _sampledAt;

    /// <summary>In the host's order, which is that of the description; <c>null</c> until the host has told.</summary>
    public IReadOnlyList<Resource>? Resources => _resources;

    protected override string Path => "/resources/stream";

    public UsageHistory UsageOf(string resource) => _usage.GetValueOrDefault(resource, UsageHistory.Empty);

    protected override void Take(HostEvent<Resource> said)
    {
        if (said.Name == "snapshot")
        {
            _resources = [.. said.Items];
        }
        else if (_resources is { } known)
        {
            var changed = said.Items.ToDictionary(resource => resource.Name);
            _resources = [.. known.Select(resource => changed.GetValueOrDefault(resource.Name, resource))];
        }

        if (_time.GetElapsedTime(_sampledAt) > _sampling)
        {
            _sampledAt = _time.GetTimestamp();
            _usage = _resources!.ToImmutableDictionary(
                resource => resource.Name, resource => UsageOf(resource.Name).With(resource));
        }

        Tell();
    }
}
