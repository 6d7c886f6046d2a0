using System.Security.Cryptography;
using System.Text;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Secrets;
using Microsoft.Extensions.Options;

namespace AiStack.ServiceDefaults.Erasures;

/// <summary>Whom an erasure or a hold is about: sealed while that is needed, then only a keyed hash.</summary>
public sealed class ErasureSecrets(IOptions<IdentityOptions> identity)
{
    private const string EndUser = "user";

    private readonly SecretBox _box = new(identity, "aistack.erasure.v1");

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Convert.FromBase64String(identity.Value.SigningKey), SHA256.HashSizeInBytes,
        info: "aistack.erasure.hash.v1"u8.ToArray());

    /// <summary>Seals names of a person, or an end user's; null where there is neither.</summary>
    public byte[]? Seal(IReadOnlyList<string> names, string? endUser, Guid owner)
    {
        ArgumentNullException.ThrowIfNull(names);
        var sealed_ = names.Index().ToDictionary(name => $"{name.Index}", name => name.Item);
        if (endUser is not null)
        {
            sealed_[EndUser] = endUser;
        }

        return sealed_.Count == 0 ? null : _box.Seal(sealed_, owner);
    }

    /// <exception cref="InvalidOperationException">Another key sealed it.</exception>
    public (IReadOnlyList<string> Names, string? EndUser) Open(byte[]? box, Guid owner)
    {
        if (box is null)
        {
            return ([], null);
        }

        return TryOpen(box, owner)
            ?? throw new InvalidOperationException("Identity:SigningKey is not what it was when this was sealed.");
    }

    /// <summary>Null where another key sealed it.</summary>
    public (IReadOnlyList<string> Names, string? EndUser)? TryOpen(byte[]? box, Guid owner) => box is null
        ? ([], null)
        : _box.Open(box, owner) is { } opened
            ? ([.. opened.Where(name => name.Key != EndUser).Select(name => name.Value)],
                opened.GetValueOrDefault(EndUser))
            : null;

    /// <summary>Whom a hold is about.</summary>
    /// <exception cref="UnreadableHoldException">Another key sealed it: people must release it.</exception>
    public (IReadOnlyList<string> Names, string? EndUser) OpenHold(byte[]? box, Guid hold) => TryOpen(box, hold)
        ?? throw new UnreadableHoldException(
            $"The legal hold '{new Id<LegalHold>(hold)}' cannot be read, since Identity:SigningKey is not what it was. "
            + "Release it, and hold whom it was about anew.");

    /// <summary>
    /// What stands for a name where no name may be: nobody without the key finds out whose it is. Each erasure has
    /// another, so that no second one tells whether a name was guessed.
    /// </summary>
    public string Hash(string name, Id<Erasure> erasure)
    {
        var hash = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{erasure}\n{Mentions.Fold(name)}"));
        return $"hmac-sha256:{Convert.ToHexStringLower(hash)}";
    }
}
