namespace AiStack.Console.Resources;

/// <summary>A part of the stack as its host tells of it.</summary>
public sealed record Resource
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>Where it is in its life, in the host's word.</summary>
    public required string State { get; init; }

    /// <summary><c>null</c> for what has no health now: a job, a part that does not run.</summary>
    public ResourceHealth? Health { get; init; }

    public int? ProcessId { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public int Restarts { get; init; }

    public int? LastExitCode { get; init; }

    /// <summary>Of one core.</summary>
    public double? CpuPercent { get; init; }

    public long? MemoryBytes { get; init; }

    public IReadOnlyList<ResourceEndpoint> Endpoints { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    public IReadOnlyList<string> Uses { get; init; } = [];

    public IReadOnlyList<string> Commands { get; init; } = [];

    public bool IsJob => Kind == "job";

    public bool IsUnhealthy => Health is { IsHealthy: false };

    /// <summary>Whether all is well with it, at a glance.</summary>
    public Condition Condition => State switch
    {
        "Running" => IsUnhealthy ? Condition.Bad : Condition.Good,
        "Finished" => Condition.Good,
        "Failed" or "Restarting" => Condition.Bad,
        "Starting" or "Stopping" => Condition.Busy,
        _ => Condition.Idle,
    };

    /// <summary>Its state in a word for people.</summary>
    public string Word => State switch
    {
        "Running" when IsUnhealthy => "Unhealthy",
        "Starting" when IsJob => "Running",
        _ => State,
    };

    /// <summary>Whether there is a process, or whatever stands for one, to stop.</summary>
    public bool IsUp => State is "Running" or "Starting" or "Restarting";
}

/// <summary>Whether a part can be used, and if not, which checks say so.</summary>
public sealed record ResourceHealth(bool IsHealthy, IReadOnlyList<FailingCheck> Failing);

/// <summary>A check that was not passed, and what it said.</summary>
public sealed record FailingCheck(string Name, string Text);

/// <summary>Where a part is reached.</summary>
public sealed record ResourceEndpoint(string Name, string Url)
{
    /// <summary>Whether a browser can open it: a database's address it cannot.</summary>
    public bool IsPage => Name == "http";

    /// <summary>The host and port of a page.</summary>
    public string Authority => new Uri(Url).Authority;
}

/// <summary>Whether all is well.</summary>
public enum Condition
{
    Idle,
    Busy,
    Good,
    Bad,
}
