using AiStack.AppHost.Local.Processes;

namespace AiStack.AppHost.Local;

/// <summary>Where a running part of the stack is in its life.</summary>
internal enum UnitState
{
    Waiting,
    Starting,
    Running,
    Finished,

    /// <summary>It has ended by itself; until it is ready again.</summary>
    Restarting,
    Stopping,
    Stopped,
    Failed,
}

/// <summary>A part of the stack that runs: it can be started, stopped and started again.</summary>
internal abstract class Unit(string name)
{
    public string Name { get; } = name;

    public abstract UnitState State { get; }

    public virtual int? ProcessId => null;

    /// <summary>What fails of a part that runs; <c>null</c> when that is not known.</summary>
    public virtual IReadOnlyList<FailingCheck>? Failing => null;

    /// <summary>When the process that runs now was started.</summary>
    public virtual DateTimeOffset? StartedAt => null;

    /// <summary>How often it was started again because it had ended by itself.</summary>
    public virtual int Restarts => 0;

    public virtual int? LastExitCode => null;

    /// <summary>What the host sets for its process, secrets included.</summary>
    public virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>What it can be told.</summary>
    public virtual IReadOnlyList<string> Commands { get; } = ["start", "stop", "restart", "kill"];

    /// <summary>Completes when it has been started for the first time.</summary>
    public virtual Task Started => Task.CompletedTask;

    /// <summary>Starts it, if it is not running, and says whether it became ready.</summary>
    public abstract Task<bool> StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops it in good order; after a time limit by force.</summary>
    public abstract Task StopAsync();

    /// <summary>Stops it because the whole stack stops.</summary>
    public virtual Task ShutDownAsync() => StopAsync();

    /// <summary>Ends it at once, as a crash would.</summary>
    public virtual void Kill()
    {
    }
}
