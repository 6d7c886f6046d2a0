namespace AiStack.Gateway.RateLimits;

/// <summary>
/// The requests of a key that this replica took from the shared bucket and may grant by itself. What it does not use
/// within <see cref="_longest"/> it gives back when it takes the next ones.
/// </summary>
internal sealed class RequestShare(int limit, TimeProvider time)
{
    /// <summary>
    /// A share is what the bucket regains in a tenth of a second; of a small limit, one request. The first one is one
    /// request, too: perhaps no second follows.
    /// </summary>
    private const int SharesPerMinute = 600;

    /// <summary>
    /// How long requests may be held: the delay until an outage of Redis, or what other replicas took, is noticed.
    /// </summary>
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private Task? _renewal;
    private long? _renewed;
    private TimeSpan _goodFor;
    private int _held;
    private int _remaining;
    private bool _isRefused;

    /// <summary>
    /// Takes one request, or is told that there is none; null when the bucket has to be asked first, which
    /// <paramref name="renewal"/> does, once for all who wait.
    /// </summary>
    /// <param name="renew">Asks the bucket for a number of requests, and gives it back those
    /// that were not used.</param>
    public Allowance? TryTake(Func<int, int, Task> renew, out Task renewal)
    {
        lock (_lock)
        {
            renewal = Task.CompletedTask;
            var age = _renewed is { } renewed ? time.GetElapsedTime(renewed) : TimeSpan.MaxValue;
            if (age < _goodFor && (_held > 0 || _isRefused))
            {
                return _isRefused ? new(limit, -1, _goodFor - age) : new(limit, _remaining + --_held, TimeSpan.Zero);
            }

            var wanted = _renewed is null ? 1 : Math.Max(1, limit / SharesPerMinute);
            renewal = _renewal is { IsCompleted: false } ? _renewal : _renewal = renew(wanted, _held);
            return null;
        }
    }

    /// <summary>Holds what the bucket gave: some requests, or none and how long to wait for the next.</summary>
    public void Renew(int taken, int remaining, TimeSpan waitFor)
    {
        lock (_lock)
        {
            (_held, _remaining, _isRefused) = (taken, remaining, taken == 0);
            _goodFor = _isRefused ? waitFor : _longest;
            _renewed = time.GetTimestamp();
        }
    }
}
