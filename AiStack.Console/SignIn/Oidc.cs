using AiStack.ServiceDefaults.Options;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AiStack.Console.SignIn;

/// <summary>
/// Sign-in by an OpenID Connect provider: the code flow with PKCE. Nothing of the provider's is kept but its ID token.
/// </summary>
internal static partial class Oidc
{
    public const string Scheme = "oidc";

    private const string IdToken = "id_token";

    public static void AddOidc(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<OidcOptions>()
            .Validate(
                options => options.Authority is not { } authority || OidcOptions.IsSafe(authority),
                "Console:Oidc:Authority must be an https address, or http on this machine.")
            .Validate(
                options => options.Authority is null || !string.IsNullOrWhiteSpace(options.ClientId),
                "Console:Oidc:ClientId is missing: how the provider at Console:Oidc:Authority knows the Console.");
        if (string.IsNullOrEmpty(builder.Configuration[$"{OidcOptions.Section}:{nameof(OidcOptions.Authority)}"]))
        {
            return;
        }

        builder.Services.AddAuthentication().AddOpenIdConnect(Scheme, _ => { });
        builder.Services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IOptions<OidcOptions>>(Configure);
    }

    private static void Configure(OpenIdConnectOptions oidc, IOptions<OidcOptions> configured)
    {
        var options = configured.Value;
        oidc.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        oidc.Authority = options.Authority!.AbsoluteUri;
        oidc.RequireHttpsMetadata = !options.Authority.IsLoopback;
        oidc.ClientId = options.ClientId;
        oidc.ClientSecret = options.ClientSecret;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.UsePkce = true;
        oidc.MapInboundClaims = false;
        oidc.GetClaimsFromUserInfoEndpoint = true;
        oidc.ClaimActions.MapJsonKey(options.RoleClaim, options.RoleClaim);
        oidc.Scope.Clear();
        foreach (var scope in options.Scope.Split(' '))
        {
            oidc.Scope.Add(scope);
        }

        // The provider sends the browser back by a link, not by a form: the cookies that tie both ends together are lax
        // then, and need no https on a developer's machine.
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        foreach (var cookie in new[] { oidc.CorrelationCookie, oidc.NonceCookie })
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        oidc.SaveTokens = true;
        oidc.Events.OnTicketReceived = ticket => ReceiveAsync(ticket, options);
        oidc.Events.OnRemoteFailure = FailAsync;
    }

    // The person becomes one of ours: a name and a role. Of the tokens only that is kept which signing out needs.
    private static Task ReceiveAsync(TicketReceivedContext ticket, OidcOptions options)
    {
        var person = ticket.Principal!;
        var role = options.RoleOf([.. person.FindAll(options.RoleClaim).Select(claim => claim.Value)]);
        var subject = person.FindFirst("sub")!.Value; // OpenID Connect Core 2: every ID token has one.
        var name = person.FindFirst("name")?.Value ?? person.FindFirst("preferred_username")?.Value ?? subject;
        if (role is null)
        {
            ticket.Response.Redirect($"{SignInEndpoints.LoginPath}?problem={SignInProblem.NoRole}");
            ticket.HandleResponse();
            return Task.CompletedTask;
        }

        ticket.Principal = SignInClaims.For(subject, name, role);
        ticket.Properties!.IsPersistent = true;
        var idToken = ticket.Properties.GetTokenValue(IdToken);
        ticket.Properties.StoreTokens(idToken is null ? [] : [new() { Name = IdToken, Value = idToken }]);
        return Task.CompletedTask;
    }

    private static Task FailAsync(RemoteFailureContext failure)
    {
        failure.HttpContext.RequestServices.GetRequiredService<ILogger<OidcOptions>>().SignInFailed(failure.Failure!);
        failure.Response.Redirect($"{SignInEndpoints.LoginPath}?problem={SignInProblem.Failed}");
        failure.HandleResponse();
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Warning, "A sign-in by the OpenID Connect provider did not come to its end.")]
    private static partial void SignInFailed(this ILogger logger, Exception failure);
}
