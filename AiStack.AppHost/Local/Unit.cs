namespace AiStack.AppHost.Local;

/// <summary>Where a running part of the stack is in its life.</summary>
internal enum UnitState
{
    Waiting,
    Starting,
    Running,
    Finished,
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
