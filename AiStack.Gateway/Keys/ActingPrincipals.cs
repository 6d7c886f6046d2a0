using System.Security.Claims;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;

namespace AiStack.Gateway.Keys;

/// <summary>
/// A caller may say for whom it asks: documents that are for some only are found for them alone. Services behind read
/// it in the signed token, and nowhere else.
/// </summary>
internal static class ActingPrincipals
{
    public static void UseActingPrincipals(this WebApplication app) => app.Use(ActAsync);

    private static async Task ActAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Headers.TryGetValue(Principals.Header, out var header)
            || Caller.From(context.User) is not { } key)
        {
            await next(context);
            return;
        }

        var services = context.RequestServices;
        if (!Principals.Read(header).TryGet(out var principals, out var fault))
        {
            services.GetRequiredService<GatewayTelemetry>().Refused("principals");
            await fault.ToResult().ExecuteAsync(context);
            return;
        }

        var caller = key with { Principals = principals };
        context.Features.Set(new InnerToken(services.GetRequiredService<CallerTokens>().Mint(caller)));
        context.User = new(new ClaimsIdentity(caller.ToClaims(), ApiKeyAuthentication.SchemeName));
        await next(context);
    }
}
