namespace AiStack.AppHost.Local.Processes;

/// <summary>Looks whether one process can be used: often until it can, and then once a second.</summary>
internal sealed class HealthWatch(string name, IHealthProbe? probe, RunContext run)
{
    private static readonly TimeSpan _startInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _slowStart = TimeSpan.FromSeconds(60);

    private volatile IReadOnlyList<FailingCheck>? _failing;

    /// <summary>What fails now; <c>null</c> when it is not known, because it does not run or is not asked.</summary>
    public IReadOnlyList<FailingCheck>? Failing => _failing;

    /// <summary>Waits until nothing fails; says so once when that takes long.</summary>
    public async Task UntilHealthyAsync(CancellationToken ended)
    {
        var begun = run.Time.GetTimestamp();
        var hasWarned = false;
        while (probe is not null && await probe.ProbeAsync(ended) is { Count: > 0 } failing)
        {
            if (!hasWarned && run.Time.GetElapsedTime(begun) > _slowStart)
            {
                hasWarned = true;
                run.Warn(name, $"{name} is not ready after {_slowStart.TotalSeconds} s: {failing[0].Text}");
            }

            await Task.Delay(_startInterval, run.Time, ended);
        }
    }

    /// <summary>Keeps looking until the process has ended.</summary>
    public async Task KeepAsync(CancellationToken ended)
    {
        try
        {
            _failing = probe is null ? null : [];
            while (probe is not null)
            {
                await Task.Delay(_interval, run.Time, ended);
                Tell(await probe.ProbeAsync(ended));
            }
        }
        finally
        {
            _failing = null;
        }
    }

    private void Tell(IReadOnlyList<FailingCheck> failing)
    {
        var before = _failing;
        _failing = failing;
        if (before is null || !before.SequenceEqual(failing))
        {
            run.ResourceChanged();
        }
    }
}
