using System.Diagnostics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.ServiceDefaults.Work;

/// <summary>Takes work from a queue and hands it to its handler, batch by batch, for as long as the service lives.</summary>
internal sealed partial class WorkQueueWorker<TPayload, THandler>(
    NpgsqlDataSource database,
    WorkSignal signal,
    IServiceScopeFactory scopes,
    IOptions<WorkOptions> options,
    ILogger<WorkQueueWorker<TPayload, THandler>> logger) : BackgroundService
    where TPayload : notnull
    where THandler : class, IWorkHandler<TPayload>
{
    private static readonly ActivitySource Activities = new("AiStack.Work");

    private readonly WorkQueue<TPayload> _queue = new(database, THandler.Queue);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await HandleNextAsync(stoppingToken))
                {
                    await signal.WaitAsync(THandler.Queue, options.Value.Poll, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The queue itself cannot be reached. Nothing is lost: leases run out.
                QueueFailed(logger, exception, THandler.Queue);
                await Task.Delay(options.Value.Poll, stoppingToken);
            }
        }
    }

    private async Task<bool> HandleNextAsync(CancellationToken cancellationToken)
    {
        var leases = await _queue.ClaimAsync(THandler.MaxBatch, options.Value.Lease, cancellationToken);
        foreach (var batch in leases.GroupBy(lease => lease.ProjectId))
        {
            await HandleAsync(batch.Key, [.. batch], cancellationToken);
        }

        return leases.Count > 0;
    }

    private async Task HandleAsync(Id<Project> projectId, List<Lease<TPayload>> leases, CancellationToken cancellationToken)
    {
        using var activity = Start(leases);
        await using var scope = scopes.CreateAsyncScope();
        var handler = scope.ServiceProvider.GetRequiredService<THandler>();
        try
        {
            await handler.HandleAsync(projectId, leases, cancellationToken);
        }
        catch (LeaseLostException)
        {
            // Another worker has it; what was done here was rolled back.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            HandlingFailed(logger, exception, THandler.Queue, leases.Count, leases[0].Attempt);
            await GiveBackAsync(handler, leases, exception, cancellationToken);
        }
    }

    private async Task GiveBackAsync(
        THandler handler, List<Lease<TPayload>> leases, Exception exception, CancellationToken cancellationToken)
    {
        var outage = DependencyFailure.NameOf(exception);
        var error = outage is null ? exception.GetType().Name : $"{outage} could not be reached";
        foreach (var lease in leases)
        {
            // What fails because a dependency is down will pass: it is tried for as long as that takes.
            if (outage is null && lease.Attempt >= options.Value.MaxAttempts)
            {
                await handler.ParkedAsync(lease, error, cancellationToken);
                await _queue.ParkAsync(lease, error, cancellationToken);
                ItemParked(logger, lease.Id, THandler.Queue, lease.Attempt, error);
            }
            else
            {
                await _queue.RetryAsync(lease, Delay(lease.Attempt), error, cancellationToken);
            }
        }
    }

    private TimeSpan Delay(int attempt)
    {
        var doubled = options.Value.FirstRetry * Math.Pow(2, Math.Min(attempt - 1, 20));
        var bounded = doubled < options.Value.LongestRetry ? doubled : options.Value.LongestRetry;
#pragma warning disable CA5394 // Jitter spreads retries; nobody gains by guessing it.
        return bounded * (1 - (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }

    private static Activity? Start(List<Lease<TPayload>> leases)
    {
        // One item continues its request's trace; a batch has many parents, and so only links to them.
        _ = ActivityContext.TryParse(leases[0].TraceParent, null, isRemote: true, out var parent);
        var links = leases.Count == 1
            ? []
            : leases.Select(lease => ActivityContext.TryParse(lease.TraceParent, null, true, out var context) ? context : default)
                .Where(context => context != default).Distinct().Select(context => new ActivityLink(context)).ToArray();
        return Activities.StartActivity($"process {THandler.Queue}", ActivityKind.Consumer, parent, links: links);
    }

    [LoggerMessage(1, LogLevel.Error, "Queue {Queue} cannot be worked on now; it will be tried again.")]
    private static partial void QueueFailed(ILogger logger, Exception exception, string queue);

    [LoggerMessage(2, LogLevel.Warning, "{Count} items of {Queue} failed on attempt {Attempt}; they will be tried again.")]
    private static partial void HandlingFailed(ILogger logger, Exception exception, string queue, int count, int attempt);

    [LoggerMessage(3, LogLevel.Error, "{ItemId} of {Queue} is parked after {Attempts} attempts: {Error}")]
    private static partial void ItemParked(ILogger logger, Id<WorkItem> itemId, string queue, int attempts, string error);
}
