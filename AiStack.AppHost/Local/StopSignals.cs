using System.Runtime.InteropServices;

namespace AiStack.AppHost.Local;

/// <summary>The ways to tell a host to stop: Ctrl-C (twice means now), SIGTERM, a closed terminal.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int BrokenExitCode = 1;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Terminal _terminal;

    public StopSignals(Terminal terminal)
    {
        _terminal = terminal;
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                .Select(signal => PosixSignalRegistration.Create(signal, OnSignal)),
        ];
    }

    public CancellationToken Token => _stop.Token;

    public void Stop() => _stop.Cancel();

    /// <summary>Waits to be told to stop, or for the stack to break; gives the exit code.</summary>
    public async Task<int> WaitAsync(Task<string> broken)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Token.Register(told.SetResult);
        if (await Task.WhenAny(told.Task, broken) == told.Task)
        {
            return 0;
        }

        _terminal.Warn($"The stack cannot start without {await broken}.");
        return BrokenExitCode;
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_stop.IsCancellationRequested && context.Signal is PosixSignal.SIGINT)
        {
            // The children get their signals from the kernel when this process is gone.
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }

        Stop();
    }
}
