using System.Diagnostics;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiStack.ServiceDefaults.Work;

/// <summary>
/// Hands leased work to its handler, keeps it leased meanwhile, and sees to what the handler did not complete.
/// </summary>
internal sealed partial class LeasedWork<TPayload, THandler>(
    WorkQueue<TPayload> queue, IServiceScopeFactory scopes, WorkOptions options, ILogger logger)
    where TPayload : notnull
    where THandler : class, IWorkHandler<TPayload>
{
    private static readonly ActivitySource _activities = new("AiStack.Work");

    /// <summary>
    /// Handles what was claimed together, project by project; each stays leased until the last is done.
    /// </summary>
    public async Task HandleAsync(List<Lease<TPayload>> leases, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renewal = KeepAsync(leases, ended.Token);
        try
        {
            foreach (var batch in leases.GroupBy(lease => lease.ProjectId))
            {
                await HandleAsync(batch.Key, [.. batch], stopping);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await renewal;
        }
    }

    private async Task HandleAsync(Id<Project> projectId, List<Lease<TPayload>> leases, CancellationToken stopping)
    {
        if (leases is [{ Crashes: var crashes } suspect] && crashes >= options.MaxCrashes)
        {
            await OnceReachedAsync(
                () => ParkAsync(suspect, $"{crashes} processes that worked on it died or were cut off", stopping),
                stopping);
            return;
        }

        var (left, failure) = await TryAsync(projectId, leases, stopping);
        if (leases.Count == 1 || DependencyFailure.NameOf(failure) is not null)
        {
            await GiveBackAsync(left, failure, stopping);
            return;
        }

        // One bad item fails a batch; alone, each fails only for itself.
        foreach (var lease in left)
        {
            var (still, own) = await TryAsync(projectId, [lease], stopping);
            await GiveBackAsync(still, own, stopping);
        }
    }

    /// <summary>Returns what the handler left to do, and why.</summary>
    private async Task<(List<Lease<TPayload>> Left, Exception? Failure)> TryAsync(
        Id<Project> projectId, List<Lease<TPayload>> leases, CancellationToken stopping)
    {
        using var activity = Start(leases);
        var failure = await RunAsync(projectId, leases, stopping);
        if (failure is not (null or LeaseLostException))
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            if (DependencyFailure.NameOf(failure) is { } dependency)
            {
                HandlingDelayed(logger, leases.Count, THandler.Queue, dependency);
            }
            else
            {
                HandlingFailed(logger, failure, THandler.Queue, leases.Count, leases[0].Attempt);
            }
        }

        var left = leases;
        await OnceReachedAsync(async () => left = await queue.HeldAsync(leases, stopping), stopping);
        return (left, failure);
    }

    private async Task<Exception?> RunAsync(
        Id<Project> projectId, List<Lease<TPayload>> leases, CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(options.MaxHandling);
            await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(projectId, leases, limit.Token);
            return null;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            return exception;
        }
    }

    /// <summary>Renews the leases until the work ends, so that only a worker that died loses them.</summary>
    private async Task KeepAsync(List<Lease<TPayload>> leases, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.Lease / 3);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ended);
                await queue.RenewAsync(leases, options.Lease, ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (DependencyFailure.NameOf(exception) is not null)
            {
                // The next tick may come through. If none does in time, another worker takes over and this one is
                // fenced out.
            }
        }
    }

    private async Task GiveBackAsync(List<Lease<TPayload>> left, Exception? failure, CancellationToken stopping)
    {
        var outage = DependencyFailure.NameOf(failure);
        var error = outage is null
            ? failure?.GetType().Name ?? "It was not completed"
            : $"{outage} could not be reached";
        foreach (var lease in left)
        {
            // What fails because a dependency is down will pass: it is tried for as long as that takes.
            var isLast = outage is null && lease.Failures + 1 >= options.MaxAttempts;
            await OnceReachedAsync(
                () => isLast
                    ? ParkAsync(lease, error, stopping)
                    : queue.RetryAsync(lease, Delay(lease), error, stopping, isOwnFault: outage is null),
                stopping);
        }
    }

    private async Task ParkAsync(Lease<TPayload> lease, string reason, CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await scope.ServiceProvider.GetRequiredService<THandler>().ParkedAsync(lease, reason, stopping);
        }
        catch (Exception exception) when (
            DependencyFailure.NameOf(exception) is null && !stopping.IsCancellationRequested)
        {
            // It must still be parked, or it would be retried without end.
            ParkingFailed(logger, exception, lease.Id, THandler.Queue);
        }

        await queue.ParkAsync(lease, reason, stopping);
        ItemParked(logger, lease.Id, THandler.Queue, lease.Attempt, reason);
    }

    /// <summary>
    /// Tries again until the database answers: a living worker gives its items back, however long an outage lasts.
    /// </summary>
    private async Task OnceReachedAsync(Func<Task> act, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await act();
                return;
            }
            catch (Exception exception) when (
                DependencyFailure.NameOf(exception) is not null && !stopping.IsCancellationRequested)
            {
                await Task.Delay(options.Poll, stopping);
            }
        }
    }

    private TimeSpan Delay(Lease<TPayload> lease)
    {
        var doubled = options.FirstRetry * Math.Pow(2, Math.Min(lease.Attempt - 1, 20));
        var bounded = doubled < options.LongestRetry ? doubled : options.LongestRetry;
#pragma warning disable CA5394 // Jitter spreads retries; guessing it gains nothing.
        return bounded * (1 - (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }

    private static Activity? Start(List<Lease<TPayload>> leases)
    {
        // One item continues its request's trace; a batch has many parents, and so only links to them.
        _ = ActivityContext.TryParse(leases[0].TraceParent, null, isRemote: true, out var parent);
        var links = leases.Count == 1
            ? []
            : leases.Select(
                lease => ActivityContext.TryParse(lease.TraceParent, null, true, out var context) ? context : default)
                .Where(context => context != default).Distinct().Select(context => new ActivityLink(context)).ToArray();
        return _activities.StartActivity($"process {THandler.Queue}", ActivityKind.Consumer, parent, links: links);
    }

    [LoggerMessage(
        2, LogLevel.Warning, "{Count} items of {Queue} failed on attempt {Attempt}; they will be tried again.")]
    private static partial void HandlingFailed(
        ILogger logger, Exception exception, string queue, int count, int attempt);

    [LoggerMessage(6, LogLevel.Warning, "{Count} items of {Queue} wait: {Dependency} cannot be reached now.")]
    private static partial void HandlingDelayed(ILogger logger, int count, string queue, string dependency);

    [LoggerMessage(3, LogLevel.Error, "{ItemId} of {Queue} is parked after {Attempts} attempts: {Error}")]
    private static partial void ItemParked(
        ILogger logger, Id<WorkItem> itemId, string queue, int attempts, string error);

    [LoggerMessage(4, LogLevel.Error, "The handler of {Queue} failed when told that {ItemId} is parked.")]
    private static partial void ParkingFailed(ILogger logger, Exception exception, Id<WorkItem> itemId, string queue);
}
