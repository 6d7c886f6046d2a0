using AiStack.Gateway.RateLimits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.Gateway.RateLimits;

/// <summary>
/// The requests that a replica holds of a key: when it asks the bucket, for how many, and what it gives back.
/// </summary>
public sealed class RequestShareTests
{
    private const int Limit = 6_000;
    private const int ShareOfLimit = 10;

    private readonly FakeTimeProvider _time = new();
    private readonly List<(int Wanted, int Unused)> _asked = [];

    [Fact]
    public void The_first_request_takes_one_and_the_next_a_share_that_serves_those_after_it()
    {
        var share = new RequestShare(Limit, _time);

        for (var request = 0; request < 1 + ShareOfLimit; request++)
        {
            Assert.True(Take(share).IsGranted);
        }

        Assert.Equal([(1, 0), (ShareOfLimit, 0)], _asked);
    }

    [Fact]
    public void What_was_not_used_in_time_is_given_back()
    {
        var share = new RequestShare(Limit, _time);
        Take(share);
        Take(share);
        Take(share);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Take(share);

        Assert.Equal((ShareOfLimit, ShareOfLimit - 2), _asked[^1]);
    }

    [Fact]
    public void What_remains_counts_what_is_held()
    {
        var share = new RequestShare(Limit, _time);

        Assert.Equal([999, 998, 997], Enumerable.Range(0, 3).Select(_ => Take(share).Remaining));
    }

    [Fact]
    public void A_small_limit_is_asked_of_the_bucket_each_time()
    {
        var share = new RequestShare(limit: 5, _time);

        Take(share);
        Take(share);

        Assert.Equal([(1, 0), (1, 0)], _asked);
    }

    [Fact]
    public void While_the_bucket_is_empty_it_is_not_asked_until_the_next_request_is_due()
    {
        var share = new RequestShare(Limit, _time);
        Assert.False(Take(share, there: 0).IsGranted);

        _time.Advance(TimeSpan.FromMilliseconds(9));
        var refused = Take(share);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var granted = Take(share);

        Assert.Equal(TimeSpan.FromMilliseconds(1), refused.WaitFor);
        Assert.False(refused.IsGranted);
        Assert.True(granted.IsGranted);
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task Requests_that_wait_ask_once_and_an_outage_fails_them_all_and_is_forgotten()
    {
        var share = new RequestShare(Limit, _time);
        var outage = new TaskCompletionSource();
        Assert.Null(share.TryTake((_, _) => outage.Task, out var first));
        Assert.Null(share.TryTake((_, _) => throw new InvalidOperationException("Asked twice."), out var second));

        outage.SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.Same(first, second);
        Assert.True(Take(share).IsGranted);
    }

    /// <summary>Takes a request; <paramref name="there"/> are what the bucket has left when it is asked.</summary>
    private Allowance Take(RequestShare share, int there = 1_000)
    {
        Allowance? allowance;
        while ((allowance = share.TryTake(RenewAsync, out _)) is null)
        {
        }

        return allowance.Value;

        Task RenewAsync(int wanted, int unused)
        {
            _asked.Add((wanted, unused));
            var taken = Math.Min(wanted, there);
            share.Renew(taken, 1_000 - _asked.Sum(asked => asked.Wanted - asked.Unused), TimeSpan.FromMilliseconds(10));
            return Task.CompletedTask;
        }
    }
}
