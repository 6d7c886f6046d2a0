using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>What became of a sign-in link that was opened.</summary>
public enum LinkUse
{
    Accepted,
    Unknown,
    UsedBefore,
}

/// <summary>A link that was opened, and the role that it gives when it is good.</summary>
internal sealed record OpenedLink(LinkUse Use, string? Role = null);

/// <summary>
/// The links that sign a person in, each once: the one that the host prints, and those that people signed in make
/// for their other browsers. Links that people make live in memory; the host's is used up for good.
/// </summary>
internal sealed class LoginLinks(IOptions<ConsoleOptions> options, EndedForGood ended, TimeProvider time)
{
    private const int TokenLength = 32;
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    private const int MaxLinks = 16;
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(10);

    // Hashes of one length compare in constant time, and a dump of the memory gives no token away.
    private readonly ConcurrentDictionary<int, Link> _links = new(First(options.Value.LoginToken));
    private int _lastNumber;

    /// <summary>True when the host was told to print a link.</summary>
    public bool IsConfigured => options.Value.LoginToken is not null;

    /// <summary>Makes a token that signs one more browser in with a role, good for <see cref="_lifetime"/>.</summary>
    public string Make(string role)
    {
        var now = time.GetUtcNow();
        foreach (var (number, link) in _links.Where(link => link.Value.ExpiresAt < now))
        {
            _links.TryRemove(new(number, link));
        }

        var made = _links.Where(link => link.Key > 0).OrderBy(link => link.Key);
        foreach (var (number, _) in made.SkipLast(MaxLinks - 1))
        {
            _links.TryRemove(number, out _);
        }

        var token = RandomNumberGenerator.GetString(Alphabet, TokenLength);
        _links[Interlocked.Increment(ref _lastNumber)] = new Link(Hash(token), role, now + _lifetime);
        return token;
    }

    /// <summary>
    /// Uses a link up, and says with which role. Of two browsers that open it at once, one is signed in.
    /// </summary>
    public OpenedLink Use(string? token)
    {
        var hash = Hash(token ?? "");
        var now = time.GetUtcNow();
        var found = new OpenedLink(LinkUse.Unknown);
        foreach (var link in _links.Values)
        {
            if (CryptographicOperations.FixedTimeEquals(link.Hash, hash) && link.ExpiresAt > now)
            {
                found = TryUse(link, now) ? new(LinkUse.Accepted, link.Role) : new(LinkUse.UsedBefore);
            }
        }

        return found;
    }

    // Longer than any start of the host lasts, which gives a new link.
    private bool TryUse(Link link, DateTimeOffset now) =>
        link.TryUse() && ended.TryAdd($"link {Convert.ToHexString(link.Hash)}", now.AddYears(1));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    // A person who can read what the host prints runs the host.
    private static IEnumerable<KeyValuePair<int, Link>> First(string? token) =>
        token is null ? [] : [new(0, new Link(Hash(token), Roles.Admin, DateTimeOffset.MaxValue))];

    private sealed class Link(byte[] hash, string role, DateTimeOffset expiresAt)
    {
        private int _uses;

        public byte[] Hash => hash;

        public string Role => role;

        public DateTimeOffset ExpiresAt => expiresAt;

        public bool TryUse() => Interlocked.Exchange(ref _uses, 1) == 0;
    }
}
