namespace AiStack.Gateway.RateLimits;

/// <summary>
/// A key's bucket in this process only, while Redis is away: the same algorithm, by a clock that cannot be set.
/// </summary>
internal sealed class LocalBucket(int limit, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _made = time.GetTimestamp();

    // When it would be full again, since it was made.
    private TimeSpan _full;

    /// <summary>Takes up to <paramref name="wanted"/> requests, and gives back those that were not used.</summary>
    public (int Taken, int Remaining, TimeSpan WaitFor) Take(int wanted, int unused)
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_made);
            var interval = RequestBucket.Window / limit;
            var full = _full - (unused * interval) > now ? _full - (unused * interval) : now;
            var there = Math.Max(0, (int)((RequestBucket.Window - (full - now)) / interval));
            var taken = Math.Min(wanted, there);
            _full = full + (taken * interval);
            return (taken, there - taken, taken > 0 ? TimeSpan.Zero : _full + interval - RequestBucket.Window - now);
        }
    }
}
