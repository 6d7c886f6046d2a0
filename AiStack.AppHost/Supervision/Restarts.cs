using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiStack.AppHost.Supervision;

/// <summary>
/// Starts again what crashed: after 0.25, 0.5, 1 and 2 s; after the fifth crash in a row, each soon after a start, it
/// stays down, and says so.
/// </summary>
internal sealed partial class Restarts(
    ResourceNotificationService notifications,
    ResourceCommandService commands,
    ResourceLoggerService outputs,
    ToldStops told,
    IHostApplicationLifetime lifetime,
    ILogger<Restarts> log) : EarlyService
{
    private readonly Dictionary<string, Life> _lives = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
            {
                if (change.Resource.RunsOn())
                {
                    Follow(change, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops, or it is disposed of without a stop; either way there is nothing left to watch.
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogEnds(log, exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private void Follow(ResourceEvent change, CancellationToken stopping)
    {
        if (!_lives.TryGetValue(change.ResourceId, out var life))
        {
            _lives[change.ResourceId] = life = new(new RestartBackoff(TimeProvider.System));
        }

        if (!change.Snapshot.HasEnded())
        {
            if (change.Snapshot.ProcessId() is { } process && process != life.ProcessId)
            {
                life.Begin(process);
            }
        }
        else if (life.End() && !told.Contains(change.ResourceId, life.ProcessId))
        {
            _ = StartAgainAsync(change, life, stopping);
        }
    }

    private async Task StartAgainAsync(ResourceEvent change, Life life, CancellationToken stopping)
    {
        var (name, exitCode) = (change.Resource.Name, change.Snapshot.ExitCode);
        var output = outputs.GetLogger(change.ResourceId);
        if (life.Backoff.Crashed() is not { } delay)
        {
            LogStaysDown(log, name, RestartBackoff.MaxQuickCrashes, exitCode);
            LogStaysDown(output, name, RestartBackoff.MaxQuickCrashes, exitCode);
            life.Backoff = new(TimeProvider.System); // A person may start it, and then the count restarts.
            await notifications.PublishUpdateAsync(change.Resource, change.ResourceId, snapshot => snapshot with
            {
                State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
            });
            return;
        }

        LogStartsAgain(log, name, exitCode, delay.TotalSeconds);
        LogStartsAgain(output, name, exitCode, delay.TotalSeconds);
        try
        {
            await Task.Delay(delay, stopping);
            if (!lifetime.ApplicationStopping.IsCancellationRequested && !HasStartedSince(change))
            {
                var started = await commands.ExecuteCommandAsync(
                    change.ResourceId, KnownResourceCommands.StartCommand, stopping);
                if (!started.Success)
                {
                    LogNotStarted(log, name, started.Message);
                    life.Backoff.Started(); // A start that fails is one that ended at once.
                    await StartAgainAsync(change, life, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The stack stops; nothing is to be started any more.
        }
    }

    private bool HasStartedSince(ResourceEvent change) =>
        notifications.TryGetCurrentState(change.ResourceId, out var current) && !current.Snapshot.HasEnded();

    [LoggerMessage(1, LogLevel.Warning, "{Name} ended (exit code {ExitCode}). Starting it again in {Seconds} s.")]
    private static partial void LogStartsAgain(ILogger log, string name, int? exitCode, double seconds);

    [LoggerMessage(
        2, LogLevel.Error,
        "{Name} ended {Count} times in a row soon after its start (exit code {ExitCode}). It stays down; its last "
        + "lines say why.")]
    private static partial void LogStaysDown(ILogger log, string name, int count, int? exitCode);

    [LoggerMessage(3, LogLevel.Error, "{Name} could not be started again: {Reason}")]
    private static partial void LogNotStarted(ILogger log, string name, string? reason);

    [LoggerMessage(4, LogLevel.Critical, "Crashes cannot be watched any more; the stack stops.")]
    private static partial void LogEnds(ILogger log, Exception exception);

    /// <summary>The state of a resource's processes, one after another.</summary>
    private sealed class Life(RestartBackoff backoff)
    {
        private bool _hasEnded = true;

        public RestartBackoff Backoff { get; set; } = backoff;

        public string? ProcessId { get; private set; }

        public void Begin(string processId)
        {
            (ProcessId, _hasEnded) = (processId, false);
            Backoff.Started();
        }

        /// <summary>True once a process.</summary>
        public bool End() => !_hasEnded && (_hasEnded = true);
    }
}
