using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AiStack.AppHost.Local;

/// <summary>
/// Lets the console, and tests of outages, see the parts of this stack and start, stop, restart or kill one.
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

    public static async Task<ControlEndpoint> StartAsync(RunContext run, Stack stack)
    {
        var port = run.Ports.TakeFree(PortName);
        var token = RandomText.Letters(32);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();

        var app = builder.Build();
        app.Use((context, next) => IsAllowed(context.Request, token) ? next(context) : RefuseAsync(context.Response));
        app.UseRouting();
        app.MapGet("/resources", () => stack.Units.Values.Select(View));
        app.MapPost("/resources/{name}/{command}", (string name, string command, CancellationToken cancellationToken) =>
            stack.Units.TryGetValue(name, out var unit)
                ? CommandAsync(unit, command, cancellationToken)
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

        return TypedResults.Ok(View(unit));
    }

    private static UnitView View(Unit unit) => new(unit.Name, unit.State.ToString(), unit.ProcessId);

    private static bool IsAllowed(HttpRequest request, string token) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes($"Bearer {token}"));

    private static Task RefuseAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private sealed record UnitView(string Name, string State, int? ProcessId);
}
