using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AiStack.ServiceDefaults.Telemetry;

internal static class TelemetryExtensions
{
    // Questions about health, and what a page of Blazor's loads by itself.
    private static readonly string[] _untraced = ["/health", "/alive", "/_blazor", "/_framework", "/_content"];

    /// <summary>Logs, traces and metrics over OTLP, to wherever <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // A line a request, and one a statement, would bury what a person looks for; traces hold both.
        // Settings can say otherwise.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);

        // Who asks for a service's health is told what is down, every second: the log needn't say it each time, too.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        // Spans of processes of one host can be compared by their times; of others it is not known.
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddAttributes([new("host.name", Environment.MachineName)]))
            .WithMetrics(metrics => metrics
                .SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("AiStack.*", "Npgsql", "Microsoft.Extensions.AI", "Experimental.Microsoft.Extensions.AI"))
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(Configure)
                .AddHttpClientInstrumentation()
                .AddNpgsql()
                .AddSource(
                    "AiStack.*", "Experimental.Microsoft.Extensions.AI", "Microsoft.SemanticKernel*", "Azure.*"));

        // Without a receiver the exporter would retry for ever against a port where nobody listens.
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.UseOtlpExporter();
        }
    }

    // A page that somebody looks at is no request: each of its hundred small events would be a trace of its own.
    private static void Configure(AspNetCoreTraceInstrumentationOptions requests)
    {
        requests.EnableRazorComponentsSupport = false;
        requests.EnableAspNetCoreSignalRSupport = false;
        requests.Filter = context => !_untraced.Any(path => context.Request.Path.StartsWithSegments(path));
    }
}
