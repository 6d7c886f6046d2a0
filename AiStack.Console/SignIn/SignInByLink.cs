using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>Signs a person in by a valid link, and tells everyone else where to find one.</summary>
internal static class SignInByLink
{
    public static async Task<RazorComponentResult<LoginPage>> HandleAsync(
        string? t,
        string? @return,
        SignInProblem? problem,
        LoginLinks links,
        IOptions<OidcOptions> oidc,
        HttpContext context)
    {
        var opened = t is null ? null : links.Use(t);
        if (opened is { Role: { } role })
        {
            await context.SignInAsync(
                SignInClaims.For(SignInClaims.ByLink, "Local", role),
                new AuthenticationProperties { IsPersistent = true });
        }

        // A page that goes on by itself, not a redirect: after a click on another site, browsers leave a strict
        // cookie out of the whole chain of redirects, and the person would land on this page again.
        context.Response.Headers.CacheControl = "no-store";
        return new(new
        {
            opened?.Use,
            HasLink = links.IsConfigured,
            Provider = oidc.Value.Authority is null ? null : oidc.Value.Name,
            Problem = problem,
            Next = ReturnPath.Safe(@return),
            IsSignedIn = opened?.Role is not null || context.User.Identity?.IsAuthenticated == true,
        })
        {
            StatusCode = opened is { Role: null } ? StatusCodes.Status403Forbidden : null,
        };
    }
}
