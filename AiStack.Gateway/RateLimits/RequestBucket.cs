using AiStack.Contracts;
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
/// A bucket for each key, in Redis, so that replicas share it: it holds a minute's requests and refills evenly. It is the
/// generic cell rate algorithm, which needs one number a key: the time at which the bucket would be full again
/// (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
/// </summary>
internal sealed class RequestBucket(IConnectionMultiplexer cache, IOptions<RateLimitOptions> options, TimeProvider time)
{
    // Atomic because it is a script. The clock is the caller's: replicas' clocks differ by less than the bucket cares.
    private const string Script =
        """
        local now = tonumber(ARGV[2])
        local window = 60000
        local interval = window / tonumber(ARGV[1])
        local full = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now) + interval
        local early = full - window - now
        if early > 0 then return { -1, math.ceil(early) } end
        redis.call('SET', KEYS[1], tostring(full), 'PX', math.ceil(full - now) + 1000)
        return { math.floor((window - (full - now)) / interval), 0 }
        """;

    public async Task<Allowance> TakeAsync(Id<ApiKey> key)
    {
        var limit = options.Value.RequestsPerMinute;
        var result = (RedisResult[]?)await cache.GetDatabase().ScriptEvaluateAsync(
            Script, [$"requests:{key}"], [limit, time.GetUtcNow().ToUnixTimeMilliseconds()]);
        return new(limit, (int)result![0], TimeSpan.FromMilliseconds((double)result[1]));
    }
}
