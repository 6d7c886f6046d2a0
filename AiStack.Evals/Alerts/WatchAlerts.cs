using AiStack.Evals.Alerts.Rules;
using AiStack.ServiceDefaults;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace AiStack.Evals.Alerts;

/// <summary>Checks the rules in a loop. When a check takes long, the pause after it is longer.</summary>
internal sealed partial class WatchAlerts(
    CheckAlerts check, IOptions<AlertOptions> options, TimeProvider time, ILogger<WatchAlerts> logger)
    : LastingService(logger)
{
    /// <summary>What checking may take of the time, of the database's too.</summary>
    private const double MaxShare = 0.05;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var pause = options.Value.CheckEvery;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pause, time, stoppingToken);
            var started = time.GetTimestamp();
            try
            {
                // No request asked for this: a trace every few seconds would only be in the way.
                using var silence = SuppressInstrumentationScope.Begin();
                await check.RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                CheckFailed(logger, exception);
            }

            var least = time.GetElapsedTime(started) / MaxShare;
            pause = least > options.Value.CheckEvery ? least : options.Value.CheckEvery;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The rules for alerts could not be checked; they will be checked again.")]
    private static partial void CheckFailed(ILogger logger, Exception exception);
}
