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
/// requests need no round trip.
/// </summary>
internal sealed class RequestBucket(IConnectionMultiplexer cache, IOptions<RateLimitOptions> options, TimeProvider time)
{
    // Atomic because it is a script. The clock is the caller's: replicas' clocks differ by less than the bucket cares,
    // but where one is behind, the bucket is not less than empty.
    // Arguments: limit, now, requests wanted, requests given back. The millionth is for what binary fractions lose.
    private const string Script =
        """
        local now, wanted, unused = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local window = 60000
        local interval = window / tonumber(ARGV[1])
        local full = math.max((tonumber(redis.call('GET', KEYS[1])) or now) - unused * interval, now)
        local there = math.max(0, math.floor((window - (full - now)) / interval + 0.000001))
        local taken = math.min(wanted, there)
        full = full + taken * interval
        redis.call('SET', KEYS[1], string.format('%.4f', full), 'PX', math.ceil(full - now) + 1000)
        return { taken, there - taken, taken > 0 and 0 or math.ceil(full + interval - window - now) }
        """;

    // A share lives as long as the checked key, which is forgotten in seconds.
    private readonly ConditionalWeakTable<CheckedKey, RequestShare> _shares = [];

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
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var result = (RedisResult[]?)await cache.GetDatabase().ScriptEvaluateAsync(
            Script, [$"requests:{id}"], [options.Value.RequestsPerMinute, now, wanted, unused]);
        share.Renew((int)result![0], (int)result[1], TimeSpan.FromMilliseconds((double)result[2]));
    }
}
