using System.Collections.Concurrent;
using AiStack.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiStack.Tests.Serving;

/// <summary>A server on a free port that does what the test says, and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    /// <summary>What it answers.</summary>
    public Func<HttpContext, string, Task> Script { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Whether its list of models, too, is what the script answers.</summary>
    public bool ListsByScript { get; private init; }

    /// <summary>Its list of models; null while it has none. Who reads it has asked nothing.</summary>
    public object? Models { get; set; }

    /// <summary>How often its list was asked for.</summary>
    public int Listed { get; private set; }

    /// <summary>The bodies of the requests so far.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public string Address { get; private set; } = "";

    public static async Task<ScriptedServer> StartAsync(bool listsByScript = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 64 << 10); // As ours.
        var server = new ScriptedServer(builder.Build()) { ListsByScript = listsByScript };
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Address = server._app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return server;
    }

    /// <summary>Answers every request with <paramref name="value"/> as JSON.</summary>
    public void Always(object value, int status = 200) => Script = (context, _) =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, value.GetType(), JsonDefaults.Options);
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (!ListsByScript && HttpMethods.IsGet(context.Request.Method)
            && context.Request.Path.Value!.EndsWith("/models", StringComparison.Ordinal))
        {
            Listed++;
            context.Response.StatusCode = Models is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
            await context.Response.WriteAsJsonAsync(Models ?? new { });
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Asked.Enqueue(body);
        await Script(context, body);
    }
}
