using System.Net;
using System.Security.Cryptography;
using System.Text;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>A caller whose key was checked, and the token by which inner services know it.</summary>
internal sealed record CheckedKey(Caller Caller, string InnerToken);

/// <summary>
/// Checks keys. A good one is remembered for a moment, so that most requests need no database; a wrong one, too, and an
/// address that brings many wrong ones is refused before any look.
/// </summary>
internal sealed class KeyRing(
    NpgsqlDataSource database,
    CallerTokens tokens,
    WrongKeys wrongKeys,
    IOptions<KeyOptions> options,
    TimeProvider time) : IDisposable
{
    /// <summary>
    /// How long a key that was good is looked up whatever its address does: others behind the same one may guess.
    /// </summary>
    private static readonly TimeSpan _trustedFor = TimeSpan.FromHours(1);

    private static readonly Fault _unknown = new(FaultCode.Unauthenticated, "The key is not known.");

    private readonly MemoryCache _checked = new(new MemoryCacheOptions { SizeLimit = options.Value.KeyCacheSize });

    // Apart from the good ones, which a flood of wrong ones must not push out.
    private readonly MemoryCache _wrong = new(new MemoryCacheOptions { SizeLimit = options.Value.KeyCacheSize });

    // A remembered token must still be good when it arrives, and for as long as what it starts asks other services.
    private TimeSpan CacheTime =>
        options.Value.KeyCacheTime < tokens.Lifetime / 2 ? options.Value.KeyCacheTime : tokens.Lifetime / 2;

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>
    /// Whose key it is; a fault when it is unknown, revoked or expired, or when <paramref name="address"/>
    /// brought too many such keys.
    /// </summary>
    public async ValueTask<Outcome<CheckedKey>> CheckAsync(
        string key, IPAddress? address, CancellationToken cancellationToken)
    {
        // The hash, not the key, is what memory holds.
        var hash = Convert.ToHexString(Hash(key));
        var isTrusted = _checked.TryGetValue(hash, out Known? known);
        if (known is not null && known.IsFresh(time, CacheTime))
        {
            return known.Key;
        }

        if (_wrong.TryGetValue(hash, out long since) && time.GetElapsedTime(since) < options.Value.WrongKeyCacheTime)
        {
            return _unknown;
        }

        if (!isTrusted && wrongKeys.Take(address) is { } tooMany)
        {
            return tooMany;
        }

        if (await FindAsync(Convert.FromHexString(hash), cancellationToken) is not { } row)
        {
            _checked.Remove(hash);
            Remember(_wrong, hash, time.GetTimestamp(), options.Value.WrongKeyCacheTime);
            return _unknown;
        }

        if (!isTrusted)
        {
            wrongKeys.GiveBack(address);
        }

        var found = new Known(new(row.Caller, tokens.Mint(row.Caller)), time.GetTimestamp(), row.ExpiresAt);
        Remember(_checked, hash, found, _trustedFor);
        return found.Key;
    }

    /// <summary>Forgets a key that was just revoked.</summary>
    public void Forget(byte[] sha256) => _checked.Remove(Convert.ToHexString(sha256));

    public void Dispose()
    {
        _checked.Dispose();
        _wrong.Dispose();
    }

    // Eviction from the cache does not count: the cache uses a clock that may be set, and entries one that
    // runs evenly.
    private static void Remember<T>(MemoryCache cache, string hash, T entry, TimeSpan time) =>
        cache.Set(hash, entry, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = time, Size = 1 });

    private async Task<Found?> FindAsync(byte[] sha256, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAnsweringAsync(cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select key_id, project_id, organisation_id, scopes, expires_at, models
            from gateway.authenticate({sha256})
            """,
            row => new Found(
                new Caller(
                    new(row.GetGuid(2)), new(row.GetGuid(1)), new Id<ApiKey>(row.GetGuid(0)),
                    row.GetFieldValue<string[]>(3).ToHashSet(StringComparer.Ordinal))
                {
                    Models = row.IsDBNull(5)
                        ? null
                        : row.GetFieldValue<string[]>(5).ToHashSet(StringComparer.Ordinal),
                },
                row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)),
            cancellationToken);
    }

    private sealed record Known(CheckedKey Key, long CheckedAt, DateTimeOffset? ExpiresAt)
    {
        public bool IsFresh(TimeProvider time, TimeSpan cacheTime) =>
            time.GetElapsedTime(CheckedAt) < cacheTime && !(ExpiresAt <= time.GetUtcNow());
    }

    private sealed record Found(Caller Caller, DateTimeOffset? ExpiresAt);
}
