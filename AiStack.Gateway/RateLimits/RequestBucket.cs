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
/// A token bucket for each key, in Redis, so that replicas share it: it holds a minute's requests and refills evenly
/// (https://en.wikipedia.org/wiki/Token_bucket).
/// </summary>
internal sealed class RequestBucket(IConnectionMultiplexer cache, IOptions<RateLimitOptions> options, TimeProvider time)
{
    // Atomic because it is a script. The clock is the caller's: replicas' clocks differ by less than the bucket cares.
    private const string Script =
        """
        local capacity = tonumber(ARGV[1])
        local now = tonumber(ARGV[2])
        local perMillisecond = capacity / 60000
        local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = tonumber(state[1]) or capacity
        local at = tonumber(state[2]) or now
        tokens = math.min(capacity, tokens + math.max(0, now - at) * perMillisecond)
        local granted = tokens >= 1
        if granted then tokens = tokens - 1 end
        redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(math.max(now, at)))
        redis.call('PEXPIRE', KEYS[1], 120000)
        local remaining = -1
        if granted then remaining = math.floor(tokens) end
        return { remaining, math.ceil(math.max(0, 1 - tokens) / perMillisecond) }
        """;

    public async Task<Allowance> TakeAsync(Id<ApiKey> key)
    {
        var limit = options.Value.RequestsPerMinute;
        var result = (RedisResult[]?)await cache.GetDatabase().ScriptEvaluateAsync(
            Script, [$"requests:{key}"], [limit, time.GetUtcNow().ToUnixTimeMilliseconds()]);
        return new(limit, (int)result![0], TimeSpan.FromMilliseconds((double)result[1]));
    }
}
