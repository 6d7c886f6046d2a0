using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Frame;

/// <summary>What every page stands in: components, static files, and pages for what is not found.</summary>
internal static class FrameExtensions
{
    private const string NotFoundPath = "/not-found";

    public static void AddFrame(this WebApplicationBuilder builder)
    {
        // Also outside development, where the files of packages would be looked for in wwwroot alone.
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddScoped<AuthenticationStateProvider, CheckedSignIn>(); // In place of the framework's.
        builder.Services.AddFluentUIComponents();
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddScoped<PersonalClock>();
        builder.Services.AddScoped<TabMemory>();
    }

    public static void UseFrame(this WebApplication app)
    {
        // Not in a branch for pages alone, which would not know the routes.
        app.UseStatusCodePagesWithReExecute(NotFoundPath, createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!IsForPage(context.Request))
            {
                context.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = false;
            }

            return next(context);
        });
        app.UseAuthorization(); // Of the page in the place of the one that was not found.
        app.UseAntiforgery();
    }

    private static bool IsForPage(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html"));

    public static void MapFrame(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null);
    }
}
