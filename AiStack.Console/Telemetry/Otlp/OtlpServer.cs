using System.Diagnostics;
using System.Net;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>
/// The receivers: a web application of their own within the Console's process. So pages are never on their ports nor
/// they on the pages', their limits are their own, the addresses of the pages stay as they are configured, and what
/// is received makes no telemetry, of which there would be no end.
/// </summary>
internal sealed class OtlpServer(IServiceProvider services, ILoggerFactory loggers, IOptions<OtlpOptions> options)
    : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>Each sender has one or two.</summary>
    private const int MaxConnections = 256;

    private WebApplication? _app;

    /// <summary>Opens the ports before the pages', so that the first page already shows its own start.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.GrpcPort is null && options.Value.HttpPort is null)
        {
            return Task.CompletedTask;
        }

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        AddServices(builder.Services);
        _app = builder.Build();
        Map(_app);
        return _app.StartAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Closes the ports last: what the Console itself reports at its end has gone out by then.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) =>
        _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // The receivers have their own limit. Beyond one of its own, Kestrel would cut the connection while the sender
        // still writes, who would see no refusal and send the same again.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        if (options.Value.GrpcPort is { } grpc)
        {
            kestrel.Listen(IPAddress.Loopback, grpc, listen => listen.Protocols = HttpProtocols.Http2);
        }

        if (options.Value.HttpPort is { } http)
        {
            kestrel.Listen(IPAddress.Loopback, http);
        }
    }

    private void AddServices(IServiceCollection inner)
    {
        inner.AddSingleton(loggers);
        inner.Replace(ServiceDescriptor.Singleton<IHostLifetime>(new LifetimeOfTheConsole()));
        inner.Replace(ServiceDescriptor.Singleton(new DiagnosticListener("AiStack.Otlp.Unobserved")));
        inner.Replace(ServiceDescriptor.Singleton(new ActivitySource("Unobserved")));
        inner.AddRouting();
        inner.AddRequestDecompression();
        inner.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.Value.MaxMessageBytes;
            grpc.EnableDetailedErrors = false;
        });
        inner.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<GrpcReceiver>, GrpcMethods>());
        inner.AddSingleton(services.GetRequiredService<GrpcReceiver>());
    }

    /// <summary>Starts and ends when told to: signals are for the Console, which ends this last.</summary>
    private sealed class LifetimeOfTheConsole : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private void Map(WebApplication app)
    {
        var key = services.GetRequiredService<OtlpKey>();
        app.Use((context, next) => key.InvokeAsync(context, next));
        var calls = services.GetRequiredService<GrpcReceiver>();
        app.Use((context, next) => calls.InvokeAsync(context, next));
        app.UseRequestDecompression();
        app.MapGrpcService<GrpcReceiver>().DisableHttpMetrics();

        var receiver = services.GetRequiredService<HttpReceiver>();
        var v1 = app.MapGroup("/v1").DisableHttpMetrics();
        v1.MapPost("/traces", receiver.ReceiveTracesAsync);
        v1.MapPost("/logs", receiver.ReceiveLogsAsync);
        v1.MapPost("/metrics", receiver.ReceiveMetricsAsync);
    }
}
