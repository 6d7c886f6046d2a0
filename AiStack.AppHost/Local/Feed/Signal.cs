namespace AiStack.AppHost.Local.Feed;

/// <summary>Wakes everybody who waits for news. Who takes <see cref="Next"/> before looking misses none.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = New();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
