using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>The cookie that a sign-in leaves: unreadable to scripts, and never sent along from another site.</summary>
internal static class SignInCookie
{
    public static void Configure(CookieAuthenticationOptions cookies, IOptions<ConsoleOptions> options, SignIns signIns)
    {
        Configure(cookies.Cookie, "aistack.console");
        cookies.CookieManager = new CookiePerPort();
        cookies.ExpireTimeSpan = options.Value.SignInLifetime;
        cookies.SlidingExpiration = true;
        cookies.LoginPath = SignInEndpoints.LoginPath;
        cookies.Events.OnValidatePrincipal = cookie => Validate(cookie, signIns);
        cookies.Events.OnRedirectToLogin = RedirectPagesAlone;
        cookies.Events.OnRedirectToAccessDenied = Forbid;
    }

    public static void Configure(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Strict;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }

    // A script whose sign-in has run out is told so; it could do nothing with a page.
    private static Task RedirectPagesAlone(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (WantsPage(context.Request))
        {
            var path = $"{context.Request.PathBase}{context.Request.Path}{context.Request.QueryString}";
            context.Response.Redirect(SignInEndpoints.At(path));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }

    // A cookie from before there were roles, and one that was signed out, signs no one in.
    private static Task Validate(CookieValidatePrincipalContext cookie, SignIns signIns)
    {
        var isGood = cookie.Principal is { } person
            && SignInClaims.RoleOf(person) is not null
            && SignInClaims.SignInOf(person) is { } signIn
            && cookie.Properties.ExpiresUtc is { } until
            && signIns.Seen(signIn, SignInClaims.PersonOf(person), until);
        if (!isGood)
        {
            cookie.RejectPrincipal();
        }

        return Task.CompletedTask;
    }

    private static Task Forbid(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return WantsPage(context.Request)
            ? new RazorComponentResult<RefusedPage> { StatusCode = StatusCodes.Status403Forbidden }
                .ExecuteAsync(context.HttpContext)
            : Task.CompletedTask;
    }

    private static bool WantsPage(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html"));

    /// <summary>Cookies are shared by all ports of a host: each Console on a machine needs a name of its own.</summary>
    private sealed class CookiePerPort : ICookieManager
    {
        private readonly ChunkingCookieManager _cookies = new();

        public string? GetRequestCookie(HttpContext context, string key) =>
            _cookies.GetRequestCookie(context, Name(context, key));

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
            _cookies.AppendResponseCookie(context, Name(context, key), value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
            _cookies.DeleteCookie(context, Name(context, key), options);

        private static string Name(HttpContext context, string key) =>
            context.Request.Host.Port is { } port ? $"{key}.{port}" : key;
    }
}
