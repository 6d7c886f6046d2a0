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

/// <summary>Checks keys. A good one is remembered for a moment, so that most requests need no database.</summary>
internal sealed class KeyRing(
    NpgsqlDataSource database, CallerTokens tokens, IOptions<KeyOptions> options, TimeProvider time) : IDisposable
{
    private readonly MemoryCache _checked = new(new MemoryCacheOptions { SizeLimit = options.Value.KeyCacheSize });

    // A remembered token must still be good when it arrives, and for as long as what it starts asks other services.
    private TimeSpan CacheTime =>
        options.Value.KeyCacheTime < tokens.Lifetime / 2 ? options.Value.KeyCacheTime : tokens.Lifetime / 2;

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whose key it is; null when it is nobody's, revoked or past its day.</summary>
    public async ValueTask<CheckedKey?> CheckAsync(string key, CancellationToken cancellationToken)
    {
        // The hash, not the key, is what memory holds.
        var hash = Convert.ToHexString(Hash(key));
        if (_checked.TryGetValue(hash, out CheckedKey? known))
        {
            return known;
        }

        var found = await FindAsync(Convert.FromHexString(hash), cancellationToken);
        if (found is not { } row)
        {
            return null;
        }

        var result = new CheckedKey(row.Caller, tokens.Mint(row.Caller));
        var until = time.GetUtcNow() + CacheTime;
        if (options.Value.KeyCacheTime > TimeSpan.Zero)
        {
            _checked.Set(hash, result, new MemoryCacheEntryOptions
            {
                AbsoluteExpiration = row.ExpiresAt < until ? row.ExpiresAt : until,
                Size = 1,
            });
        }

        return result;
    }

    /// <summary>Forgets a key that was just revoked.</summary>
    public void Forget(byte[] sha256) => _checked.Remove(Convert.ToHexString(sha256));

    public void Dispose() => _checked.Dispose();

    private async Task<Found?> FindAsync(byte[] sha256, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAnsweringAsync(cancellationToken);
        return await connection.FirstOrDefaultAsync(
            $"""
            select key_id, project_id, organisation_id, scopes, expires_at
            from gateway.authenticate({sha256})
            """,
            row => new Found(
                new Caller(
                    new(row.GetGuid(2)), new(row.GetGuid(1)), new Id<ApiKey>(row.GetGuid(0)),
                    row.GetFieldValue<string[]>(3).ToHashSet(StringComparer.Ordinal)),
                row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)),
            cancellationToken);
    }

    private sealed record Found(Caller Caller, DateTimeOffset? ExpiresAt);
}
