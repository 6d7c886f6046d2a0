using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AiStack.Contracts;
using AiStack.Gateway.Keys;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace AiStack.Gateway.RateLimits;

/// <summary>What is left of a key's requests.</summary>
/// <param name="Remaining">Whole requests that may follow at once; -1 when this one was refused.</param>
/// <param name="WaitFor">How long until the next one may come.</param>
internal readonly record struct Allowance(int Limit, int Remaining, TimeSpan WaitFor)
{
    public bool IsGranted => Remaining >= 0;
}

/// <summary>
/// A bucket for each key, in Redis, so that replicas share it: it holds a minute's requests and refills evenly. It is
/// the generic cell rate algorithm, which needs one number a key: the time at which the bucket would be full again
/// (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm). A replica takes a share of it at a time, so that most
/// requests need no round trip. While Redis is away, requests go on: each replica has a bucket of its own for a key.
/// </summary>
internal sealed partial class RequestBucket(
    IConnectionMultiplexer cache, IOptions<RateLimitOptions> options, TimeProvider time, ILogger<RequestBucket> logger)
{
    /// <summary>The limit is per window: an empty bucket is full again after it.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // Atomic because it is a script. The clock is Redis' own, the one that all replicas share. Nothing keeps it from
    // being set: back, and the bucket is empty at most, which a window fills; forward, and it is full at most.
    // Arguments: limit, requests wanted, requests given back, window in milliseconds. The millionth is for what binary
    // fractions lose.
    private const string Script =
        """
        local wanted, unused = tonumber(ARGV[2]), tonumber(ARGV[3])
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000 + tonumber(clock[2]) / 1000
        local window = tonumber(ARGV[4])
        local interval = window / tonumber(ARGV[1])
        local full = math.max((tonumber(redis.call('GET', KEYS[1])) or now) - unused * interval, now)
        full = math.min(full, now + window)
        local there = math.max(0, math.floor((window - (full - now)) / interval + 0.000001))
        local taken = math.min(wanted, there)
        full = full + taken * interval
        redis.call('SET', KEYS[1], string.format('%.4f', full), 'PX', math.ceil(full - now) + 1000)
        return { taken, there - taken, taken > 0 and 0 or math.ceil(full + interval - window - now) }
        """;

    /// <summary>
    /// A server in the same data centre answers in a hundredth of it; one that takes longer counts as away.
    /// </summary>
    private static readonly TimeSpan _askLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>How long requests do not try Redis again after it was away.</summary>
    private static readonly TimeSpan _askAgainAfter = TimeSpan.FromSeconds(1);

    // A share lives as long as the checked key, which is forgotten in seconds.
    private readonly ConditionalWeakTable<CheckedKey, RequestShare> _shares = [];

    // Only while Redis is away, and only of keys that are good: there are no more than the database has.
    private readonly ConcurrentDictionary<Id<ApiKey>, LocalBucket> _local = new();
    private long _awaySince;
    private bool _isAway;

    /// <summary>Takes one request of <paramref name="key"/>'s.</summary>
    public async ValueTask<Allowance> TakeAsync(CheckedKey key, Id<ApiKey> id)
    {
        var share = _shares.GetOrAdd(key, _ => new(options.Value.RequestsPerMinute, time));
        while (true)
        {
            // When more wait than a share has, the rest wait for the next one.
            if (share.TryTake(RenewAsync, out var renewal) is { } allowance)
            {
                return allowance;
            }

            await renewal;
        }

        Task RenewAsync(int wanted, int unused) => this.RenewAsync(share, id, wanted, unused);
    }

    private async Task RenewAsync(RequestShare share, Id<ApiKey> id, int wanted, int unused)
    {
        if (!Volatile.Read(ref _isAway) || time.GetElapsedTime(Volatile.Read(ref _awaySince)) >= _askAgainAfter)
        {
            try
            {
                var asked = cache.GetDatabase().ScriptEvaluateAsync(
                    Script,
                    [$"requests:{id}"],
                    [options.Value.RequestsPerMinute, wanted, unused, Window.TotalMilliseconds]);
                var result = (RedisResult[]?)await asked.WaitAsync(_askLimit);
                share.Renew((int)result![0], (int)result[1], TimeSpan.FromMilliseconds((double)result[2]));
                ComeBack();
                return;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                GoAway(exception);
            }
        }

        var bucket = _local.GetOrAdd(id, _ => new(options.Value.RequestsPerMinute, time));
        var (taken, remaining, waitFor) = bucket.Take(wanted, unused);
        share.Renew(taken, remaining, waitFor);
    }

    private void GoAway(Exception exception)
    {
        Volatile.Write(ref _awaySince, time.GetTimestamp());
        if (!Interlocked.Exchange(ref _isAway, true))
        {
            LogAway(logger, exception.Message);
        }
    }

    private void ComeBack()
    {
        if (Volatile.Read(ref _isAway) && Interlocked.Exchange(ref _isAway, false))
        {
            _local.Clear();
            LogBack(logger);
        }
    }

    [LoggerMessage(
        1, LogLevel.Warning, "Redis is away; until it is back, a key's limit holds for each replica: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "Redis is back; a key's limit holds over all replicas.")]
    private static partial void LogBack(ILogger logger);
}
