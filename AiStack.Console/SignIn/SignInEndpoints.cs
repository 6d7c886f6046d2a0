using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace AiStack.Console.SignIn;

/// <summary>
/// Who may see the Console: those the provider names, and those with the link that the host prints; then a cookie.
/// </summary>
internal static class SignInEndpoints
{
    public const string LoginPath = "/login";

    /// <summary>The page to sign in at, and to come back from to <paramref name="path"/>.</summary>
    public static string At(string path) =>
        path == "/" ? LoginPath : $"{LoginPath}?return={Uri.EscapeDataString(ReturnPath.Safe(path))}";

    public static void AddSignIn(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LoginLinks>();
        builder.Services.AddSingleton<SignIns>();
        builder.Services.AddScoped<Person>();
        builder.Services.AddAuthorizationBuilder().AddRoles();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        builder.Services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<IOptions<ConsoleOptions>, SignIns>(SignInCookie.Configure);

        builder.AddOidc();

        builder.Services.AddDataProtection().SetApplicationName("AiStack.Console");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<IOptions<ConsoleOptions>, ILoggerFactory>(
            (keys, options, loggers) => keys.XmlRepository =
                new FileSystemXmlRepository(Directory.CreateDirectory(options.Value.KeysDirectory), loggers));
        builder.Services.AddSingleton(services => new EndedForGood(
            Path.Combine(services.GetRequiredService<IOptions<ConsoleOptions>>().Value.KeysDirectory, "ended"),
            services.GetRequiredService<TimeProvider>()));

        builder.Services.AddAntiforgery(
            antiforgery => SignInCookie.Configure(antiforgery.Cookie, "aistack.antiforgery"));
    }

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet(LoginPath, SignInByLink.HandleAsync).AllowAnonymous();
        if (app.ServiceProvider.GetRequiredService<IOptions<OidcOptions>>().Value.Authority is not null)
        {
            app.MapGet(SignInByOidc.Path, SignInByOidc.HandleAsync).AllowAnonymous();
            app.MapGet(SignInByOidc.DonePath, SignInByOidc.Done).AllowAnonymous();
        }

        app.MapGet(CheckSignIn.Path, CheckSignIn.Handle);
        app.MapPost("/logout", (Delegate)SignOut.HandleAsync);
    }
}
