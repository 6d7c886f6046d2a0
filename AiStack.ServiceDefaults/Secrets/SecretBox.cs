using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace AiStack.ServiceDefaults.Secrets;

/// <summary>
/// Seals what a server of others is sent to know us by (AES-256-GCM). The key is derived (HKDF, RFC 5869) from the
/// secret that all services share, which the database never has: a copy of the database alone opens nothing.
/// </summary>
/// <param name="purpose">What is sealed: boxes of one purpose open for no other.</param>
public sealed class SecretBox(IOptions<IdentityOptions> identity, string purpose)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Convert.FromBase64String(identity.Value.SigningKey),
        KeyBytes,
        info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>Seals secrets by their names.</summary>
    /// <param name="owner">Whose they are: they open for no other.</param>
    public byte[] Seal(IReadOnlyDictionary<string, string> secrets, Guid owner)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(secrets);
        var box = new byte[NonceBytes + text.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            box.AsSpan(0, NonceBytes), text, box.AsSpan(NonceBytes, text.Length), box.AsSpan(^TagBytes..),
            owner.ToByteArray());
        return box;
    }

    /// <summary>What was sealed; null where another key sealed it, or it was changed.</summary>
    public IReadOnlyDictionary<string, string>? Open(byte[] box, Guid owner)
    {
        ArgumentNullException.ThrowIfNull(box);
        var text = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        try
        {
            aes.Decrypt(
                box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, text.Length), box.AsSpan(^TagBytes..), text,
                owner.ToByteArray());
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return JsonSerializer.Deserialize<Dictionary<string, string>>(text);
    }
}
