using AiStack.ServiceDefaults.Options;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AiStack.ServiceDefaults.Authentication;

/// <summary>The scope that an endpoint needs, as metadata of its route.</summary>
public sealed record RequiredScope(string Scope);

/// <summary>Turns the caller's token into a <see cref="Caller"/>, and refuses a request that has none.</summary>
public static class CallerExtensions
{
    /// <summary>The endpoint answers 403 to a caller whose key lacks <paramref name="scope"/>.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoints, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(policy => policy
            .RequireAuthenticatedUser()
            .RequireAssertion(context => Caller.From(context.User)?.Has(scope) == true))
            .WithMetadata(new RequiredScope(scope));

    internal static void AddCallers(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<IdentityOptions>()
            .Validate(HasLongEnoughKey, "Identity:SigningKey must be at least 32 bytes in base64.");
        builder.Services.AddSingleton<CallerTokens>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<IdentityOptions>>(Configure);

        // An endpoint that forgot to say its scope is closed, not open.
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    private static void Configure(JwtBearerOptions jwt, IOptions<IdentityOptions> identity)
    {
        jwt.MapInboundClaims = false;
        jwt.TokenValidationParameters = new()
        {
            ValidIssuer = CallerTokens.Issuer,
            ValidAudience = CallerTokens.Issuer,
            IssuerSigningKey = CallerTokens.SigningKey(identity.Value),
            ValidAlgorithms = ["HS256"],
            ClockSkew = TimeSpan.FromSeconds(30), // Services on several machines.
        };
    }

    private static bool HasLongEnoughKey(IdentityOptions options)
    {
        var bytes = new byte[options.SigningKey.Length];
        return Convert.TryFromBase64String(options.SigningKey, bytes, out var length) && length >= 32;
    }
}
