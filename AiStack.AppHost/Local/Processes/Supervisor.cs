using System.Diagnostics;

namespace AiStack.AppHost.Local.Processes;

/// <summary>
/// Keeps one child process as it should be: a job is run once, a service is started again when it ends without
/// having been told to. Its output goes to the terminal.
/// </summary>
internal sealed class Supervisor(
    string name, Func<CancellationToken, Task<LaunchSpec>> prepare, IHealthProbe? health, bool isJob, RunContext run)
    : Unit(name), IDisposable
{
    private static readonly TimeSpan _probeInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _slowStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _commands = new(1, 1);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile UnitState _state = UnitState.Waiting;
    private CancellationTokenSource _stopping = new();
    private TaskCompletionSource<bool> _ready = NewReady();
    private Task _supervision = Task.CompletedTask;
    private volatile Process? _process;

    public override UnitState State => _state;

    public override int? ProcessId => _process?.Id;

    public override Task Started => _started.Task;

    public override async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        await _commands.WaitAsync(cancellationToken);
        try
        {
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
            while (true)
            {
                _state = UnitState.Starting;
                backoff.Started();
                var exitCode = await RunOnceAsync(ready, stopping);
                if (isJob || stopping.IsCancellationRequested)
                {
                    Finish(exitCode, stopping.IsCancellationRequested);
                    return;
                }

                if (backoff.Crashed() is not { } delay)
                {
                    run.Terminal.Warn(
                        $"{Name} ended {RestartBackoff.MaxQuickCrashes} times in a row soon after its start "
                        + $"(exit code {exitCode}). It stays down; its last lines above say why.");
                    _state = UnitState.Failed;
                    return;
                }

                run.Terminal.Warn($"{Name} ended (exit code {exitCode}). Starting it again in {delay.TotalSeconds} s.");
                _state = UnitState.Restarting;
                await Task.Delay(delay, run.Time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _state = UnitState.Stopped;
        }
        catch (Exception exception)
            when (exception is RefusalException or IOException or System.ComponentModel.Win32Exception)
        {
            run.Terminal.Warn($"{Name} cannot be started. {exception.Message}");
            _state = UnitState.Failed;
        }
        finally
        {
            ready.TrySetResult(_state == UnitState.Finished);
        }
    }

    private void Finish(int exitCode, bool wasStopped)
    {
        _state = wasStopped ? UnitState.Stopped : exitCode == 0 ? UnitState.Finished : UnitState.Failed;
        if (_state == UnitState.Failed)
        {
            run.Terminal.Warn($"{Name} failed (exit code {exitCode}); its lines above say why.");
        }
    }

    private async Task<int> RunOnceAsync(TaskCompletionSource<bool> ready, CancellationToken stopping)
    {
        var spec = await prepare(stopping);
        using var process = await run.Spawner.StartAsync(spec);
        process.StandardInput.Close();
        _process = process;
        _started.TrySetResult();
        run.ProcessesChanged();
        var output = Task.WhenAll(ForwardAsync(process.StandardOutput), ForwardAsync(process.StandardError));

        using var ended = new CancellationTokenSource();
        var readiness = isJob ? Task.CompletedTask : BecomeReadyAsync(ready, ended.Token);
        await using (stopping.Register(() => _ = EndAsync(process, spec.StopSignal)))
        {
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await ended.CancelAsync();
        await readiness;
        // What it wrote last says why it ended; but a grandchild may keep the pipe open for longer.
        await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(1), run.Time, CancellationToken.None));
        _process = null;
        return process.ExitCode;
    }

    private async Task BecomeReadyAsync(TaskCompletionSource<bool> ready, CancellationToken ended)
    {
        var begun = run.Time.GetTimestamp();
        var hasWarned = false;
        try
        {
            while (health is not null && await health.ProbeAsync(ended) is { } complaint)
            {
                if (!hasWarned && run.Time.GetElapsedTime(begun) > _slowStart)
                {
                    hasWarned = true;
                    run.Terminal.Warn($"{Name} is not ready after {_slowStart.TotalSeconds} s: {complaint}");
                }

                await Task.Delay(_probeInterval, run.Time, ended);
            }

            _state = UnitState.Running;
            ready.TrySetResult(true);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It ended before it was ready; the caller decides what follows.
        }
    }

    private async Task EndAsync(Process process, UnixSignal signal)
    {
        _state = UnitState.Stopping;
        var id = process.Id;
        UnixSignals.Send(id, signal);
        await Task.Delay(_stopLimit, run.Time);
        if (ReferenceEquals(_process, process))
        {
            run.Terminal.Warn($"{Name} did not stop in {_stopLimit.TotalSeconds} s; it is killed.");
            UnixSignals.Send(id, UnixSignal.Kill);
        }
    }

    private async Task ForwardAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            run.Terminal.Forward(Name, line);
        }
    }

    private static TaskCompletionSource<bool> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
