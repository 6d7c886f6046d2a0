using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>Forgets who this browser is, here and at the provider that said so.</summary>
internal static class SignOut
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, IOptionsMonitor<OpenIdConnectOptions> oidc, SignIns signIns)
    {
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
