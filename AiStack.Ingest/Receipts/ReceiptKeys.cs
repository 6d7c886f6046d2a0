using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AiStack.Ingest.Receipts;

/// <summary>
/// Signs receipts (JWS, RFC 7515, ES256) and tells those that were signed here from others. The key is derived (HKDF,
/// RFC 5869) from the secret that all services share: it is kept as that is, and restored with it.
/// </summary>
internal sealed class ReceiptKeys : IDisposable
{
    private const string Type = "aistack-erasure-receipt+jws";

    private readonly ECDsa _key;
    private readonly ECDsaSecurityKey _signing;
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public ReceiptKeys(IOptions<IdentityOptions> identity)
    {
        _key = Derive(Convert.FromBase64String(identity.Value.SigningKey));
        // Not from a cache of the process, which would outlive the key.
        _signing = new(_key) { CryptoProviderFactory = new() { CacheSignatureProviders = false } };
        _signing.KeyId = Base64UrlEncoder.Encode(_signing.ComputeJwkThumbprint());
    }

    /// <summary>The public key, as a JWK set (RFC 7517).</summary>
    public object PublicKeys
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "EC", crv = "P-256", use = "sig", alg = SecurityAlgorithms.EcdsaSha256,
                        kid = _signing.KeyId, x = Base64UrlEncoder.Encode(point.X),
                        y = Base64UrlEncoder.Encode(point.Y),
                    },
                },
            };
        }
    }

    public string Sign(JsonElement receipt) => _handler.CreateToken(
        receipt.GetRawText(),
        new SigningCredentials(_signing, SecurityAlgorithms.EcdsaSha256),
        new Dictionary<string, object> { [JwtHeaderParameterNames.Typ] = Type });

    /// <summary>What a receipt says; null where it was not signed here, or one of its bytes was changed.</summary>
    public async Task<JsonElement?> VerifyAsync(string jws)
    {
        // The last letters of base64url have bits that nothing counts: only one way to write them is ours.
        var parts = jws.Split('.');
        if (parts.Length != 3 || !parts.All(IsCanonical))
        {
            return null;
        }

        var result = await _handler.ValidateTokenAsync(jws, new TokenValidationParameters
        {
            IssuerSigningKey = _signing,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [Type],
            RequireExpirationTime = false,
            ValidateLifetime = false,
            ValidateIssuer = false,
            ValidateAudience = false,
        });
        return result.IsValid ? JsonElement.Parse(Base64UrlEncoder.Decode(parts[1])) : null;
    }

    public void Dispose() => _key.Dispose();

    private static bool IsCanonical(string part)
    {
        try
        {
            return Base64UrlEncoder.Encode(Base64UrlEncoder.DecodeBytes(part)) == part;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>A number below the order of the curve, as FIPS 186-5 (A.2.2) finds one: the first that is.</summary>
    private static ECDsa Derive(byte[] secret)
    {
        for (var attempt = 0; ; attempt++)
        {
            var number = HKDF.DeriveKey(
                HashAlgorithmName.SHA256, secret, 32,
                info: Encoding.UTF8.GetBytes($"aistack.erasure.receipt.v1.{attempt}"));
            try
            {
                return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number });
            }
            catch (CryptographicException) when (attempt < 100)
            {
                // It is zero, or too large: hardly ever.
            }
        }
    }
}
