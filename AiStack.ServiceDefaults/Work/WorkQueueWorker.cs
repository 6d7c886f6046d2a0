using System.Diagnostics;
using AiStack.ServiceDefaults.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.ServiceDefaults.Work;

/// <summary>Takes work from a queue and has it handled, batch by batch, for as long as the service lives.</summary>
/// <param name="workers">How many of its kind the service runs.</param>
internal sealed partial class WorkQueueWorker<TPayload, THandler>(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database,
    WorkSignal signal,
    IServiceScopeFactory scopes,
    IOptions<WorkOptions> options,
    ILogger<WorkQueueWorker<TPayload, THandler>> logger,
    int workers) : LastingService(logger)
    where TPayload : notnull
    where THandler : class, IWorkHandler<TPayload>
{
    /// <summary>How long the last word to the database may take when the service stops.</summary>
    private static readonly TimeSpan _releaseLimit = TimeSpan.FromSeconds(5);

    private readonly WorkQueue<TPayload> _queue = new(database, THandler.Queue, options.Value.LongestRetry);
    private long? _lookedForSuspects;
    private bool _isCutOff;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var work = new LeasedWork<TPayload, THandler>(_queue, scopes, options.Value, logger);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var hasWorked = await HandleSuspectAsync(work, stoppingToken)
                    || await HandleNextAsync(work, stoppingToken);
                _isCutOff = false;
                if (!hasWorked)
                {
                    await signal.WaitAsync(THandler.Queue, options.Value.Poll, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The queue itself cannot be reached. Nothing is lost: leases run out.
                Report(exception);
                await Task.Delay(options.Value.Poll, stoppingToken);
            }
        }
    }

    /// <summary>An outage is logged once: it may last for hours, and this is retried every second.</summary>
    private void Report(Exception exception)
    {
        if (DependencyFailure.NameOf(exception) is not { } dependency)
        {
            QueueFailed(logger, exception, THandler.Queue);
        }
        else if (!_isCutOff)
        {
            QueueUnreachable(logger, THandler.Queue, dependency);
            _isCutOff = true;
        }
    }

    private async Task<bool> HandleNextAsync(LeasedWork<TPayload, THandler> work, CancellationToken stopping)
    {
        var leases = await _queue.ClaimAsync(THandler.MaxBatch, options.Value.Lease, stopping, workers);
        await HandleAsync(work, leases, stopping);
        return leases.Count > 0;
    }

    /// <summary>Looks, once in a while, for what another worker died of; while it finds something it goes on.</summary>
    private async Task<bool> HandleSuspectAsync(LeasedWork<TPayload, THandler> work, CancellationToken stopping)
    {
        if (_lookedForSuspects is { } looked && Stopwatch.GetElapsedTime(looked) < options.Value.Poll)
        {
            return false;
        }

        var suspect = await _queue.ClaimSuspectAsync(options.Value.Lease, stopping);
        if (suspect is null)
        {
            _lookedForSuspects = Stopwatch.GetTimestamp();
            return false;
        }

        await HandleAsync(work, [suspect], stopping);
        return true;
    }

    private async Task HandleAsync(
        LeasedWork<TPayload, THandler> work, List<Lease<TPayload>> leases, CancellationToken stopping)
    {
        try
        {
            await work.HandleAsync(leases, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // A service that stops in good order must not look like one that died of its work.
            using var limit = new CancellationTokenSource(_releaseLimit);
            await _queue.ReleaseAsync(leases, limit.Token);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Queue {Queue} cannot be worked on now; it will be tried again.")]
    private static partial void QueueFailed(ILogger logger, Exception exception, string queue);

    [LoggerMessage(5, LogLevel.Warning, "Queue {Queue} waits: {Dependency} cannot be reached now.")]
    private static partial void QueueUnreachable(ILogger logger, string queue, string dependency);
}
