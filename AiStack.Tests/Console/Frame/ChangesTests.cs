using AiStack.Console.Frame;
using Xunit;

namespace AiStack.Tests.Console.Frame;

public sealed class ChangesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watcher_comes_once_at_once_and_again_after_a_change()
    {
        var changes = new Changes();
        await using var watch = changes.WatchAsync(Token).GetAsyncEnumerator(Token);

        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync();
        Assert.False(next.IsCompleted);
        changes.Notify();

        Assert.True(await next);
    }

    [Fact]
    public async Task What_changes_while_a_watcher_reads_is_not_missed_and_comes_once()
    {
        var changes = new Changes();
        await using var watch = changes.WatchAsync(Token).GetAsyncEnumerator(Token);
        await watch.MoveNextAsync();

        changes.Notify();
        changes.Notify();

        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync();
        Assert.False(next.IsCompleted);
        changes.Notify();
        Assert.True(await next);
    }

    [Fact]
    public async Task A_cancelled_watch_ends()
    {
        using var cancelled = new CancellationTokenSource();
        var visits = 0;

        await foreach (var _ in new Changes().WatchAsync(cancelled.Token))
        {
            visits++;
            await cancelled.CancelAsync();
        }

        Assert.Equal(1, visits);
    }
}
