using AiStack.AppHost.Supervision;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class RestartBackoffTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Each_quick_crash_doubles_the_delay_and_the_fifth_ends_the_restarts()
    {
        var backoff = new RestartBackoff(_time);

        var delays = Enumerable.Range(0, 5).Select(_ => CrashAfter(backoff, TimeSpan.FromSeconds(1))).ToList();

        Assert.Equal([250, 500, 1_000, 2_000, null], delays.Select(delay => delay?.TotalMilliseconds));
    }

    [Fact]
    public void A_crash_after_a_long_life_starts_the_count_anew()
    {
        var backoff = new RestartBackoff(_time);
        for (var i = 0; i < 4; i++)
        {
            CrashAfter(backoff, TimeSpan.FromSeconds(1));
        }

        var afterLongLife = CrashAfter(backoff, RestartBackoff.QuickCrash);
        var next = CrashAfter(backoff, TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromMilliseconds(250), afterLongLife);
        Assert.Equal(TimeSpan.FromMilliseconds(500), next);
    }

    private TimeSpan? CrashAfter(RestartBackoff backoff, TimeSpan life)
    {
        backoff.Started();
        _time.Advance(life);
        return backoff.Crashed();
    }
}
