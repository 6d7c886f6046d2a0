using AiStack.Gateway.RateLimits;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Gateway.RateLimits;

/// <summary>The bucket of a key while Redis is away.</summary>
public sealed class LocalBucketTests
{
    private readonly SteppedClock _time = new();

    [Fact]
    public void It_holds_a_minutes_requests_and_refills_evenly()
    {
        var bucket = new LocalBucket(limit: 60, _time);

        Assert.Equal((60, 0, TimeSpan.Zero), bucket.Take(100, unused: 0));
        Assert.Equal((0, 0, TimeSpan.FromSeconds(1)), bucket.Take(1, unused: 0));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, 1, TimeSpan.Zero), bucket.Take(1, unused: 0));
        Assert.Equal((5, 0, TimeSpan.Zero), bucket.Take(5, unused: 4));
    }

    [Fact]
    public void A_clock_that_is_set_changes_nothing()
    {
        var bucket = new LocalBucket(limit: 60, _time);
        bucket.Take(60, unused: 0);

        _time.Set(back: TimeSpan.FromHours(3));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0, TimeSpan.Zero), bucket.Take(1, unused: 0));

        _time.Set(back: TimeSpan.FromHours(-3));
        Assert.Equal(0, bucket.Take(1, unused: 0).Taken);
    }
}
