using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiStack.Console.SignIn;

/// <summary>Signs in whoever opens a link that is good, and tells everyone else where to find one.</summary>
internal static class SignInByLink
{
    public static async Task<RazorComponentResult<LoginPage>> HandleAsync(string? t, LoginLinks links, HttpContext context)
    {
        LinkUse? use = t is null ? null : links.Use(t);
        if (use == LinkUse.Accepted)
        {
            var person = new ClaimsIdentity([new(ClaimTypes.Name, "Local")], CookieAuthenticationDefaults.AuthenticationScheme);
            await context.SignInAsync(new(person), new AuthenticationProperties { IsPersistent = true });
        }

        // A page that goes on by itself, not a redirect: after a click on another site, browsers leave a strict
        // cookie out of the whole chain of redirects, and the person would land on this page again.
        context.Response.Headers.CacheControl = "no-store";
        return new(new
        {
            Use = use,
            HasLink = links.IsConfigured,
            IsSignedIn = use == LinkUse.Accepted || context.User.Identity?.IsAuthenticated == true,
        })
        {
            StatusCode = use is LinkUse.Unknown or LinkUse.UsedBefore ? StatusCodes.Status403Forbidden : null,
        };
    }
}
