using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AiStack.Gateway.Keys;

/// <summary>Reads <c>Authorization: Bearer sk-…</c>, as OpenAI's clients send it.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KeyRing keys,
    GatewayTelemetry telemetry)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string Prefix = "Bearer ";

    /// <summary>Longer than any key: what is longer is not worth hashing.</summary>
    private const int MaxKeyLength = 512;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || header.Length > MaxKeyLength)
        {
            return AuthenticateResult.NoResult();
        }

        var key = await keys.CheckAsync(header[Prefix.Length..].Trim(), Context.RequestAborted);
        if (key is null)
        {
            telemetry.Refused("key");
            return AuthenticateResult.Fail("The key is not known.");
        }

        Context.Features.Set(key);
        var identity = new ClaimsIdentity(key.Caller.ToClaims(), SchemeName);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }
}
