using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Options;
using Microsoft.AspNetCore.Authentication;

namespace AiStack.Gateway.Keys;

/// <summary>API keys: who may call, and what they may do.</summary>
internal static class KeyEndpoints
{
    public static void AddKeys(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<KeyOptions>();
        builder.AddValidatedOptions<RateLimitOptions>();
        builder.Services.AddSingleton<WrongKeys>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
    }

    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/keys").WithTags("Keys").RequireScope(Scopes.Admin);

        keys.MapPost("/", CreateKey.HandleAsync).WithName("CreateKey")
            .WithSummary("Makes a key. Its secret is shown this once.").WithMetadata(new SecretAnswer());
        keys.MapGet("/", ListKeys.HandleAsync).WithName("ListKeys")
            .WithSummary("Lists the project's keys, newest first.");
        keys.MapPost("/{id}/rotate", RotateKey.HandleAsync).WithName("RotateKey")
            .WithSummary("Gives a key a new secret, shown this once. The old one is good for a while yet.")
            .WithMetadata(new SecretAnswer());
        keys.MapDelete("/{id}", RevokeKey.HandleAsync).WithName("RevokeKey").WithSummary("Revokes a key, for good.");
    }
}
