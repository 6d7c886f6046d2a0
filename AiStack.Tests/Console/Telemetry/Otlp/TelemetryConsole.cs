using AiStack.Console;
using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Traces;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AiStack.Tests.Console.Telemetry.Otlp;

/// <summary>The whole Console. Its receivers listen on real ports of this machine.</summary>
internal sealed class TelemetryConsole(params (string Key, string Value)[] settings)
    : WebApplicationFactory<ConsoleOptions>
{
    public const string Key = "a-key-that-senders-have";

    public int GrpcPort { get; } = Ports.Free();

    public int HttpPort { get; } = Ports.Free();

    public TraceStore Traces => Services.GetRequiredService<TraceStore>();

    public LogStore Logs => Services.GetRequiredService<LogStore>();

    public MetricStore Metrics => Services.GetRequiredService<MetricStore>();

    public TelemetryCounts Counts => Services.GetRequiredService<TelemetryLedger>().Read();

    /// <summary>A sender to the HTTP port, with the right key unless told otherwise.</summary>
    public HttpClient Sender(string? key = Key)
    {
        _ = Services;
        var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{HttpPort}") };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("x-otlp-api-key", key);
        }

        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("Console:ApiKey", "sk-test");
        builder.UseSetting("Identity:SigningKey", Convert.ToBase64String(new byte[32]));
        builder.UseSetting("Console:Otlp:GrpcPort", $"{GrpcPort}");
        builder.UseSetting("Console:Otlp:HttpPort", $"{HttpPort}");
        builder.UseSetting("Console:Otlp:Key", Key);
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }
    }
}
