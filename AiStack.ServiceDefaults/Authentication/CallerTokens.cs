using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AiStack.ServiceDefaults.Authentication;

/// <summary>Makes the token by which one service tells another who it asks for (JWT, RFC 7519, HS256).</summary>
public sealed class CallerTokens(IOptions<IdentityOptions> options, TimeProvider time)
{
    internal const string Issuer = "aistack";
    internal const string OrganisationClaim = "org";
    internal const string ProjectClaim = "project";
    internal const string KeyClaim = "key";
    internal const string ScopeClaim = "scope";
    internal const string ModelsClaim = "models";
    internal const string PrincipalsClaim = "principals";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials _credentials =
        new(SigningKey(options.Value), SecurityAlgorithms.HmacSha256);

    /// <summary>How long a token is good.</summary>
    public TimeSpan Lifetime => options.Value.TokenLifetime;

    public string Mint(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var now = time.GetUtcNow();

        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + options.Value.TokenLifetime).UtcDateTime,
            Subject = new ClaimsIdentity(caller.ToClaims()),
            SigningCredentials = _credentials,
        });
    }

    internal static SymmetricSecurityKey SigningKey(IdentityOptions options) =>
        new(Convert.FromBase64String(options.SigningKey));
}
