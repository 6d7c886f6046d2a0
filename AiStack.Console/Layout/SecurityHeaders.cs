using AiStack.Console.SignIn;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Layout;

/// <summary>What browsers are told not to do with our pages.</summary>
internal static class SecurityHeaders
{
    // Only our own files, and no script or style sheet in the page itself. Style attributes are allowed: the component
    // library and Blazor's lists set them, they run nothing, and they cannot load anything that the rest forbids.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; frame-ancestors 'none'; "
        + "form-action 'self'";

    public static void UseSecurityHeaders(this WebApplication app)
    {
        // The form that signs out is answered by a redirect to the provider, which browsers count as the form's doing.
        var provider = app.Services.GetRequiredService<IOptions<OidcOptions>>().Value.Authority;
        var policy = provider is null ? ContentPolicy : $"{ContentPolicy} {provider.GetLeftPart(UriPartial.Authority)}";
        app.Use((context, next) => AddAsync(context, policy, next));
    }

    private static Task AddAsync(HttpContext context, string policy, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        return next(context);
    }
}
