using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
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
        app.UseWhen(
            context => context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html")),
            pages => pages.UseStatusCodePagesWithReExecute(NotFoundPath, createScopeForStatusCodePages: true));
        app.UseAntiforgery();
    }

    public static void MapFrame(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null);
    }
}
