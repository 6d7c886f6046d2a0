using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Layout;

/// <summary>The frame of every page: components, static files, and the page for what is not found.</summary>
internal static class LayoutExtensions
{
    private const string NotFoundPath = "/not-found";

    public static void AddLayout(this WebApplicationBuilder builder)
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

    public static void UseLayout(this WebApplication app)
    {
        // Not in a branch only for pages, which would not know the routes.
        app.UseStatusCodePagesWithReExecute(NotFoundPath, createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!IsForPage(context.Request))
            {
                context.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = false;
            }

            return next(context);
        });
        // Only for the not-found page, which re-execution serves. Other requests were authorized before this.
        app.UseWhen(
            context => context.Features.Get<IStatusCodeReExecuteFeature>() is not null,
            instead => instead.UseAuthorization());
        app.UseAntiforgery();
    }

    private static bool IsForPage(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html"));

    public static void MapLayout(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null);
    }
}
