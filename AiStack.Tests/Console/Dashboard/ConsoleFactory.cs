using AiStack.Console;
using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiStack.Tests.Console.Dashboard;

/// <summary>The Console, whole, with no stack behind it: its pages are drawn as its server sends them.</summary>
internal sealed class ConsoleFactory(params (string Key, string Value)[] settings)
    : WebApplicationFactory<ConsoleOptions>
{
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("aistack-console-keys-");

    public CountedAuthorizations Authorizations { get; } = new();

    /// <summary>A client of a person with a role.</summary>
    public async Task<HttpClient> SignInAsync(string role, CancellationToken cancellationToken)
    {
        var client = CreateClient();
        var link = Services.GetRequiredService<LoginLinks>().Make(role);
        using var signedIn = await client.GetAsync(new Uri($"/login?t={link}", UriKind.Relative), cancellationToken);
        signedIn.EnsureSuccessStatusCode();
        return client;
    }

    /// <summary>A component, as a person with a role is shown it.</summary>
    public async Task<string> DrawAsync<TComponent>(string role, Dictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        await using var scope = Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var person = new AuthenticationState(SignInClaims.For("ada", "Ada", role));
        ((IHostEnvironmentAuthenticationStateProvider)services.GetRequiredService<AuthenticationStateProvider>())
            .SetAuthenticationState(Task.FromResult(person));
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters)))
                .ToHtmlString());
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("Identity:SigningKey", Convert.ToBase64String(new byte[32]));
        builder.UseSetting("Console:ApiKey", "sk-test");
        builder.UseSetting("Console:KeysDirectory", _keys.FullName);
        builder.UseSetting("services:gateway:http:0", "http://127.0.0.1:1");
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureTestServices(services =>
            services.AddSingleton<IAuthorizationMiddlewareResultHandler>(Authorizations));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (_keys.Exists)
        {
            _keys.Delete(recursive: true);
            _keys.Refresh();
        }
    }
}

/// <summary>How often the pipeline asked whether a person may see what they asked for.</summary>
internal sealed class CountedAuthorizations : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _inner = new();
    private int _count;

    public int TakeCount() => Interlocked.Exchange(ref _count, 0);

    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        Interlocked.Increment(ref _count);
        return _inner.HandleAsync(next, context, policy, authorizeResult);
    }
}
