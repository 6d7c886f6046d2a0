using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>What a path answers.</summary>
internal sealed record WebPage(
    byte[] Body,
    string Type = "text/html",
    int Status = 200,
    string? ETag = null,
    IDictionary<string, string>? Headers = null)
{
    public static WebPage Html(string html, string? tag = null) =>
        new(System.Text.Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", ETag: tag);

    public static WebPage Text(string text, string type) => new(System.Text.Encoding.UTF8.GetBytes(text), type);

    public static WebPage Only(int status, params (string Name, string Value)[] headers) =>
        new([], "text/plain", status, null, headers.ToDictionary(header => header.Name, header => header.Value));
}

/// <summary>A real web server on a free port, whose pages the test says.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebServer(WebApplication app) => _app = app;

    /// <summary>Pages by their path and query.</summary>
    public ConcurrentDictionary<string, WebPage> Pages { get; } = new();

    /// <summary>What answers the paths that no page has; null is 404.</summary>
    public Func<HttpContext, WebPage?> Otherwise { get; set; } = _ => null;

    /// <summary>What happens before anything else; true ends the request.</summary>
    public Func<HttpContext, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    /// <summary>The paths that were asked for, with the status of each answer.</summary>
    public ConcurrentQueue<(string Path, int Status)> Asked { get; } = new();

    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port}";

    public static async Task<WebServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new WebServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Port = new Uri(server._app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return server;
    }

    public IEnumerable<string> Paths(int? status = null) => Asked
        .Where(asked => status is null || asked.Status == status)
        .Select(asked => asked.Path);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path + context.Request.QueryString;
        if (!await Before(context))
        {
            var page = Pages.GetValueOrDefault(path) ?? Otherwise(context) ?? WebPage.Only(404);
            await WriteAsync(context, page);
        }

        Asked.Enqueue((path, context.Response.StatusCode));
    }

    private static async Task WriteAsync(HttpContext context, WebPage page)
    {
        foreach (var (name, value) in page.Headers ?? new Dictionary<string, string>())
        {
            context.Response.Headers[name] = value;
        }

        if (page.ETag is { } tag)
        {
            context.Response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        context.Response.StatusCode = page.Status;
        context.Response.ContentType = page.Type;
        await context.Response.Body.WriteAsync(page.Body, context.RequestAborted);
    }
}
