using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.AppHost.Local.Feed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AiStack.AppHost.Local;

/// <summary>
/// Lets the console, and tests of outages, see the parts of this stack, follow what becomes of them and what they
/// print, and start, stop, restart or kill one.
/// On loopback only, for the holder of the token in run.json.
/// </summary>
internal sealed class ControlEndpoint : IAsyncDisposable
{
    private const string PortName = "control";
    private readonly WebApplication _app;

    private ControlEndpoint(WebApplication app, string address, string token) =>
        (_app, Address, Token) = (app, address, token);

    public string Address { get; }

    public string Token { get; }

    public static async Task<ControlEndpoint> StartAsync(RunContext run, Stack stack, ResourceFeed feed)
    {
        var port = run.Ports.TakeFree(PortName);
        var token = run.Redaction.Keep(RandomText.Letters(32));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));

        var app = builder.Build();
        app.Use((context, next) => IsAllowed(context.Request, token) ? next(context) : RefuseAsync(context.Response));
        app.UseRouting();
        app.MapGet("/resources", feed.Read);
        app.MapGet("/resources/stream", (CancellationToken cancellationToken) =>
            TypedResults.ServerSentEvents(EventsAsync(feed, cancellationToken)));
        app.MapGet("/logs/stream", (long? after, string? resource, CancellationToken cancellationToken) =>
            TypedResults.ServerSentEvents(LinesAsync(run.Logs, after ?? 0, resource, cancellationToken)));
        app.MapPost("/resources/{name}/{command}", (string name, string command, CancellationToken cancellationToken) =>
            stack.Units.TryGetValue(name, out var unit)
                // Not with the request's token: who restarts the console by the console is gone before it is back.
                ? CommandAsync(unit, command, app.Lifetime.ApplicationStopping).WaitAsync(cancellationToken)
                : Task.FromResult<IResult>(TypedResults.NotFound($"No resource '{name}'.")));
        await app.StartAsync();
        return new ControlEndpoint(app, $"http://127.0.0.1:{port}", token);
    }

    public async ValueTask DisposeAsync()
    {
        // A client that keeps its connection open must not hold the stop up.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    // Which resources, in full, and then again each of them that has changed.
    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        ResourceFeed feed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var name = "snapshot";
        await foreach (var resources in feed.FollowAsync(cancellationToken))
        {
            yield return new SseItem<string>($"[{string.Join(',', resources)}]", name);
            name = "changes";
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> LinesAsync(
        ResourceLogs logs, long after, string? resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var lines in logs.FollowAsync(after, resource, cancellationToken))
        {
            yield return new SseItem<string>(JsonSerializer.Serialize(lines, ResourceFeed.Json), "lines");
        }
    }

    private static async Task<IResult> CommandAsync(Unit unit, string command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case "start":
                await unit.StartAsync(cancellationToken);
                break;
            case "stop":
                await unit.StopAsync();
                break;
            case "restart":
                await unit.StopAsync();
                await unit.StartAsync(cancellationToken);
                break;
            case "kill":
                unit.Kill();
                break;
            default:
                return TypedResults.NotFound($"No command '{command}': start, stop, restart, kill.");
        }

        return TypedResults.Ok(new UnitView(unit.Name, unit.State, unit.ProcessId));
    }

    private static bool IsAllowed(HttpRequest request, string token) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes($"Bearer {token}"));

    private static Task RefuseAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private sealed record UnitView(string Name, UnitState State, int? ProcessId);
}
