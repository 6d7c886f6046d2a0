using System.Runtime.CompilerServices;

namespace AiStack.Console.Telemetry;

/// <summary>
/// Tells pages that something changed, so that none needs to ask again and again. What happens in quick succession is
/// one change: at most four a second.
/// </summary>
internal sealed class TelemetryChanges(TimeProvider time)
{
    /// <summary>Often enough to look live; more would only keep browsers busy.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private long _version;

    /// <summary>Something changed: whoever watches hears of it within <see cref="Pause"/>.</summary>
    public void Notify()
    {
        lock (_lock)
        {
            _timer ??= time.CreateTimer(_ => Pulse(), null, Pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Comes once at once, and again after each change, until cancelled. A watcher that is slow misses changes, never
    /// the last one.
    /// </summary>
    public async IAsyncEnumerable<long> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Taken before the watcher reads: what changes while it reads is not missed.
            var (version, next) = Current();
            yield return version;
            await next.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private (long Version, Task Next) Current()
    {
        lock (_lock)
        {
            return (_version, _next.Task);
        }
    }

    private void Pulse()
    {
        TaskCompletionSource reached;
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            _version++;
            (reached, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        reached.SetResult();
    }
}
