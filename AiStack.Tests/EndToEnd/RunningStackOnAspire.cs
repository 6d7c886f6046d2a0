using System.Net.Http.Headers;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AiStack.Tests.EndToEnd;

/// <summary>The stack on Aspire, for the same tests: real containers, started by Aspire's own test host.</summary>
public sealed class RunningStack : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(10);
    private readonly DistributedApplication _app;

    private RunningStack(DistributedApplication app, string key, Uri login) => (_app, Key, Login) = (app, key, login);

    public Uri Api => _app.GetEndpoint("gateway", "http");

    public string Key { get; }

    public Uri Console => _app.GetEndpoint("console", "http");

    /// <summary>The link that signs a person in to the console, once.</summary>
    public Uri Login { get; }

    /// <summary>Starts the stack on fresh data and waits until all of it is healthy.</summary>
    public static async Task<RunningStack> StartAsync(string[] arguments, CancellationToken cancellationToken)
    {
        _ = arguments; // --ephemeral and its like are the built-in host's.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_startLimit);

        const string Key = "abcdefghijklmnopqrstuvwxyz0123456789abcd";
        const string LoginToken = "abcdefghijklmnopqrstuvwxyz012345";
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AiStack_AppHost>(
            [$"--Parameters:development-key={Key}", $"--Parameters:login-token={LoginToken}"], limit.Token);
        RemoveVolumes(builder);

        var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        foreach (var service in builder.Resources.OfType<ProjectResource>().Where(IsService))
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(service.Name, limit.Token);
        }

        var login = new Uri(app.GetEndpoint("console", "http"), $"/login?t={LoginToken}");
        return new RunningStack(app, $"sk-aistack-dev-{Key}", login);
    }

    /// <summary>A client of the public API that carries the development key.</summary>
    public HttpClient CreateClient()
    {
        var client = new HttpClient { BaseAddress = Api, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return client;
    }

    /// <summary>Stops a store or a service, until <see cref="StartPartAsync"/>.</summary>
    public Task StopPartAsync(string name, CancellationToken cancellationToken) =>
        _app.ResourceCommands.ExecuteCommandAsync(name, KnownResourceCommands.StopCommand, cancellationToken);

    /// <summary>Starts it again, and waits until it is healthy.</summary>
    public async Task StartPartAsync(string name, CancellationToken cancellationToken)
    {
        await _app.ResourceCommands.ExecuteCommandAsync(name, KnownResourceCommands.StartCommand, cancellationToken);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync(name, cancellationToken);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool IsService(ProjectResource project) =>
        project.Annotations.OfType<EndpointAnnotation>().Any();

    // The volumes hold a developer's own data.
    private static void RemoveVolumes(IDistributedApplicationTestingBuilder builder)
    {
        foreach (var resource in builder.Resources)
        {
            foreach (var mount in resource.Annotations.OfType<ContainerMountAnnotation>().ToList())
            {
                resource.Annotations.Remove(mount);
            }
        }
    }
}
