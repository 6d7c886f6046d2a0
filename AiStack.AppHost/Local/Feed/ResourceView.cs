using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local.Feed;

/// <summary>A resource as the control endpoint tells of it. It holds no secret.</summary>
internal sealed record ResourceView
{
    public required string Name { get; init; }

    /// <summary>postgres, cache, blobs, service or job.</summary>
    public required string Kind { get; init; }

    public required UnitState State { get; init; }

    /// <summary><c>null</c> for what has no health: a job, a process that is not ready yet or does not run.</summary>
    public HealthView? Health { get; init; }

    public int? ProcessId { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How often it has been started again after it had ended by itself.</summary>
    public int Restarts { get; init; }

    public int? LastExitCode { get; init; }

    public double? CpuPercent { get; init; }

    public long? MemoryBytes { get; init; }

    public required IReadOnlyList<EndpointView> Endpoints { get; init; }

    /// <summary>What the host has set for the process, with its secrets hidden.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What must be ready, finished or started before it is started.</summary>
    public required IReadOnlyList<string> WaitsFor { get; init; }

    /// <summary>What it has been given the address of.</summary>
    public required IReadOnlyList<string> Uses { get; init; }

    /// <summary>What it can be told: nothing, when it runs elsewhere.</summary>
    public required IReadOnlyList<string> Commands { get; init; }
}

/// <summary>Whether it can be used, and if not, which of its checks say so.</summary>
internal sealed record HealthView(bool IsHealthy, IReadOnlyList<FailingCheck> Failing);

/// <summary>Where a resource is reached.</summary>
internal sealed record EndpointView(string Name, string Url);
