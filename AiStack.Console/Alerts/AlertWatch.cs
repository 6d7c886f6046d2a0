using AiStack.Console.Overview;
using AiStack.Console.Resources;
using AiStack.Console.Start;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Metrics;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Alerts;

/// <summary>Looks at the rules again and again, for as long as the Console lives.</summary>
internal sealed partial class AlertWatch(
    MetricStore metrics,
    StackWatch stack,
    ResourceFeed resources,
    TelemetryLedger ledger,
    AlertBoard board,
    IOptions<AlertOptions> options,
    TimeProvider time,
    ILogger<AlertWatch> logger) : BackgroundService
{
    private readonly TelemetryLosses _losses = new(options.Value.Window);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CheckEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Check();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                CheckFailed(logger, exception);
            }
        }
    }

    private void Check()
    {
        var now = time.GetUtcNow();
        board.Update(
        [
            .. AlertRules.Find(
                new Measured(metrics, now), stack.Findings.Layers, resources.Resources ?? [], options.Value),
            .. _losses.Find(ledger.Read(), now),
        ]);
    }

    [LoggerMessage(1, LogLevel.Error, "The rules for alerts could not be checked; they will be checked again.")]
    private static partial void CheckFailed(ILogger logger, Exception exception);
}
