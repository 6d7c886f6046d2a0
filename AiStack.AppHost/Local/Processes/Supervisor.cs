using AiStack.AppHost.Local.Feed;

namespace AiStack.AppHost.Local.Processes;

/// <summary>
/// Keeps one child process as it should be: a job is run once, a service is started again when it ends without
/// having been told to. Its output goes to the terminal, and is kept for those who look later.
/// </summary>
internal sealed class Supervisor(
    string name, Func<CancellationToken, Task<LaunchSpec>> prepare, IHealthProbe? health, bool isJob, RunContext run)
    : Unit(name), IDisposable
{
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _commands = new(1, 1);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HealthWatch _watch = new(name, health, run);
    private volatile UnitState _state = UnitState.Waiting;
    private CancellationTokenSource _stopping = new();
    private TaskCompletionSource<bool> _ready = NewReady();
    private Task _supervision = Task.CompletedTask;
    private volatile Life? _life;
    private volatile LaunchSpec? _spec;
    private volatile int _restarts;
    private volatile object? _lastExitCode;

    public override UnitState State => _state;

    public override int? ProcessId => _life?.ProcessId;

    public override Task Started => _started.Task;

    public override IReadOnlyList<FailingCheck>? Failing => _watch.Failing;

    public override DateTimeOffset? StartedAt => _life?.StartedAt;

    public override int Restarts => _restarts;

    public override int? LastExitCode => (int?)_lastExitCode;

    public override IReadOnlyDictionary<string, string> Environment => _spec?.Environment ?? base.Environment;

    public override async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        await _commands.WaitAsync(cancellationToken);
        try
        {
            if (_state is UnitState.Failed or UnitState.Finished or UnitState.Stopped)
            {
                await _supervision; // It has said its last; what it said must not be taken for the new start's.
            }

            if (_supervision.IsCompleted)
            {
                (_stopping, _ready) = (new CancellationTokenSource(), NewReady());
                _supervision = SuperviseAsync(_ready, _stopping.Token);
            }
        }
        finally
        {
            _commands.Release();
        }

        return await _ready.Task.WaitAsync(cancellationToken);
    }

    public override async Task StopAsync()
    {
        await _commands.WaitAsync();
        try
        {
            await _stopping.CancelAsync();
            await _supervision;
        }
        finally
        {
            _commands.Release();
        }
    }

    public override void Kill()
    {
        if (ProcessId is { } id)
        {
            UnixSignals.Send(id, UnixSignal.Kill);
        }
    }

    public void Dispose()
    {
        _commands.Dispose();
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(TaskCompletionSource<bool> ready, CancellationToken stopping)
    {
        var backoff = new RestartBackoff(run.Time);
        try
        {
            Become(UnitState.Starting);
            while (true)
            {
                backoff.Started();
                var exitCode = await RunOnceAsync(ready, stopping);
                if (isJob || stopping.IsCancellationRequested)
                {
                    Finish(exitCode, stopping.IsCancellationRequested);
                    return;
                }

                if (backoff.Crashed() is not { } delay)
                {
                    run.Warn(
                        Name,
                        $"{Name} ended {RestartBackoff.MaxQuickCrashes} times in a row soon after its start "
                        + $"(exit code {exitCode}). It stays down; its last lines above say why.");
                    Become(UnitState.Failed);
                    return;
                }

                run.Warn(Name, $"{Name} ended (exit code {exitCode}). Starting it again in {delay.TotalSeconds} s.");
                await Task.Delay(delay, run.Time, stopping);
                _restarts++;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Become(UnitState.Stopped);
        }
        catch (Exception exception)
            when (exception is RefusalException or IOException or System.ComponentModel.Win32Exception)
        {
            run.Warn(Name, $"{Name} cannot be started. {exception.Message}");
            Become(UnitState.Failed);
        }
        finally
        {
            ready.TrySetResult(_state == UnitState.Finished);
        }
    }

    private void Finish(int exitCode, bool wasStopped)
    {
        Become(wasStopped ? UnitState.Stopped : exitCode == 0 ? UnitState.Finished : UnitState.Failed);
        if (_state == UnitState.Failed)
        {
            run.Warn(Name, $"{Name} failed (exit code {exitCode}); its lines above say why.");
        }
    }

    private async Task<int> RunOnceAsync(TaskCompletionSource<bool> ready, CancellationToken stopping)
    {
        var spec = _spec = await prepare(stopping);
        using var process = await run.Spawner.StartAsync(spec);
        process.StandardInput.Close();
        var life = _life = new Life(process.Id, run.Time.GetUtcNow());
        _started.TrySetResult();
        run.ProcessesChanged();
        var output = Task.WhenAll(
            ForwardAsync(process.StandardOutput, LogSource.Output),
            ForwardAsync(process.StandardError, LogSource.Error));

        using var ended = new CancellationTokenSource();
        var readiness = isJob ? Task.CompletedTask : BecomeReadyAsync(ready, ended.Token);
        await using (stopping.Register(() => _ = EndAsync(life, spec.StopSignal)))
        {
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await ended.CancelAsync();
        await readiness;
        _life = null;
        run.ProcessesChanged();
        _lastExitCode = process.ExitCode;
        Become(isJob || stopping.IsCancellationRequested ? _state : UnitState.Restarting);
        // What it wrote last says why it ended; but a grandchild may keep the pipe open for longer.
        await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(5), run.Time, CancellationToken.None));
        return process.ExitCode;
    }

    private async Task BecomeReadyAsync(TaskCompletionSource<bool> ready, CancellationToken ended)
    {
        try
        {
            await _watch.UntilHealthyAsync(ended);
            Become(UnitState.Running);
            ready.TrySetResult(true);
            await _watch.KeepAsync(ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It has ended; the caller decides what follows.
        }
    }

    private async Task EndAsync(Life life, UnixSignal signal)
    {
        Become(UnitState.Stopping);
        UnixSignals.Send(life.ProcessId, signal);
        await Task.Delay(_stopLimit, run.Time);
        if (ReferenceEquals(_life, life))
        {
            run.Warn(Name, $"{Name} did not stop in {_stopLimit.TotalSeconds} s; it is killed.");
            UnixSignals.Send(life.ProcessId, UnixSignal.Kill);
        }
    }

    private async Task ForwardAsync(StreamReader lines, LogSource source)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            run.Terminal.Forward(Name, line);
            run.Logs.Add(Name, source, line);
        }
    }

    private void Become(UnitState state)
    {
        _state = state;
        run.ResourceChanged();
    }

    private static TaskCompletionSource<bool> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One process of the many that a service may have, one after another.</summary>
    private sealed record Life(int ProcessId, DateTimeOffset StartedAt);
}
