using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiStack.ServiceDefaults;

/// <summary>
/// A background service that lasts as long as its program and never ends it: what fails is begun again after a moment,
/// and whatever fails while the program stops is only the end.
/// </summary>
public abstract partial class LastingService(ILogger logger) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>Works until it is told to stop, or until nothing is left to do.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
                return;
            }
            catch (Exception exception)
            {
                if (stoppingToken.IsCancellationRequested)
                {
                    return;
                }

                Failed(logger, exception, GetType().Name);
            }

            await Task.Delay(_pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Service} failed and begins again.")]
    private static partial void Failed(ILogger logger, Exception exception, string service);
}
