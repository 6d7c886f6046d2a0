using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Telemetry.View;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.Telemetry;

/// <summary>The telemetry of all services: received, held in bounded memory, and asked by the dashboards.</summary>
internal static class TelemetryExtensions
{
    public static void AddTelemetryStores(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<TelemetryOptions>();
        builder.Services.AddSingleton<ConsoleTelemetry>();
        builder.Services.AddSingleton<TelemetryLedger>();
        builder.Services.AddSingleton<TraceStore>();
        builder.Services.AddSingleton<LogStore>();
        builder.Services.AddSingleton<MetricStore>();
        builder.Services.AddSingleton<ServiceColours>();
    }
}
