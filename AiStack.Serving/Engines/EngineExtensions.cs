using AiStack.Serving.Costs;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Engines;

internal static class EngineExtensions
{
    /// <summary>What every engine needs; each engine adds itself.</summary>
    public static void AddEngines(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<ServingOptions>();
        builder.Services.AddOptions<ContentOptions>()
            .Configure<IConfiguration, IHostEnvironment>(
                (content, configuration, environment) => content.SetDefault(configuration, environment));
        builder.AddValidatedOptions<ContentOptions>();
        builder.AddPrices();
        builder.Services.AddSingleton<EngineCatalog>();
    }

    /// <summary>
    /// Spans and metrics by OpenTelemetry's conventions for GenAI, and the cost on the span. The first stages: they
    /// measure what the caller waits for.
    /// </summary>
    public static ChatClientBuilder UseServingTelemetry(
        this ChatClientBuilder builder, IServiceProvider services, string engine)
    {
        var content = services.GetRequiredService<IOptions<ContentOptions>>().Value;
        return builder
            .UseOpenTelemetry(
                // It logs exceptions whole; a model's server may repeat the prompt in its error.
                NullLoggerFactory.Instance,
                ServingTelemetry.Name,
                telemetry => telemetry.EnableSensitiveData = content.CaptureContent)
            .Use(inner => new CostStage(inner, services.GetRequiredService<PriceList>().Find(engine)));
    }
}
