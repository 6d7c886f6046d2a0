using System.Runtime.CompilerServices;

namespace AiStack.Console.Frame;

/// <summary>Tells pages that something changed, so that none has to poll.</summary>
internal sealed class Changes
{
    private TaskCompletionSource _next = Next();

    /// <summary>Tells all watchers that something changed.</summary>
    public void Notify() => Interlocked.Exchange(ref _next, Next()).SetResult();

    /// <summary>
    /// Comes once at once, and again after each change, until cancelled. A watcher that is slow misses changes, never
    /// the last one.
    /// </summary>
    public async IAsyncEnumerable<long> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var visit = 0L; !cancellationToken.IsCancellationRequested; visit++)
        {
            // Taken before the watcher reads: what changes while it reads is not missed.
            var next = Volatile.Read(ref _next).Task;
            yield return visit;
            await next.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource Next() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
