using AiStack.Console.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.Console.Telemetry;

public sealed class TelemetryChangesTests
{
    [Fact]
    public async Task A_watcher_comes_once_at_once_and_then_once_for_all_changes_of_a_quarter_second()
    {
        var time = new FakeTimeProvider();
        var changes = new TelemetryChanges(time);
        await using var watch = changes.WatchAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync();
        for (var i = 0; i < 1_000; i++)
        {
            changes.Notify();
        }

        time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(await next);
        Assert.Equal(1, watch.Current);
    }

    [Fact]
    public async Task What_changes_while_a_watcher_reads_is_not_missed()
    {
        var time = new FakeTimeProvider();
        var changes = new TelemetryChanges(time);
        await using var watch = changes.WatchAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await watch.MoveNextAsync();

        changes.Notify();
        time.Advance(TelemetryChanges.Pause);

        Assert.True(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task A_cancelled_watch_ends()
    {
        using var cancelled = new CancellationTokenSource();
        var visits = 0;

        await foreach (var _ in new TelemetryChanges(new FakeTimeProvider()).WatchAsync(cancelled.Token))
        {
            visits++;
            await cancelled.CancelAsync();
        }

        Assert.Equal(1, visits);
    }
}
