using AiStack.Contracts;
using AiStack.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>Forgets who this browser is, here and at the provider that said so.</summary>
internal static class SignOut
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, IAntiforgery antiforgery, IOptionsMonitor<OpenIdConnectOptions> oidc, SignIns signIns)
    {
        // Asked for here: the framework's own check is made where a handler reads a form, and this one reads none.
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return new Fault(
                FaultCode.InvalidArgument, "You are still signed in: this page is out of date. Load it again.")
                .ToResult();
        }

        if (SignInClaims.SignInOf(context.User) is { } signIn)
        {
            signIns.End(signIn);
        }

        var isProviders = await context.GetTokenAsync("id_token") is not null;
        if (isProviders && await HasEndAsync(oidc.Get(Oidc.Scheme), context.RequestAborted))
        {
            return TypedResults.SignOut(
                new AuthenticationProperties { RedirectUri = SignInEndpoints.LoginPath },
                [CookieAuthenticationDefaults.AuthenticationScheme, Oidc.Scheme]);
        }

        await context.SignOutAsync();
        return TypedResults.LocalRedirect(SignInEndpoints.LoginPath);
    }

    // A provider need not offer an end, and one that is away must not keep the person signed in here.
    private static async Task<bool> HasEndAsync(OpenIdConnectOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = options.ConfigurationManager is { } manager
                ? await manager.GetConfigurationAsync(cancellationToken)
                : options.Configuration;
            return !string.IsNullOrEmpty(configuration?.EndSessionEndpoint);
        }
        catch (InvalidOperationException exception) when (exception.InnerException is IOException)
        {
            return false;
        }
    }
}
