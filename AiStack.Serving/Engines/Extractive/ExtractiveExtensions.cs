using AiStack.Serving.Ledger;
using AiStack.Serving.Costs;
using AiStack.Serving.FileSearch;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Engines.Extractive;

internal static class ExtractiveExtensions
{
    /// <summary>The engine that is always there: it needs no model.</summary>
    public static void AddExtractiveEngine(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<ExtractiveOptions>();
        builder.Services.AddSingleton<ExtractiveChatClient>();
        builder.Services.AddSingleton(services => new Engine(
            EngineNames.Extractive,
            Build(services),
            PromptVersion: null,
            Generates: false,
            services.GetRequiredService<PriceList>().Find(EngineNames.Extractive)));
    }

    /// <summary>The first stage sees the request first and the answer last.</summary>
    private static IChatClient Build(IServiceProvider services) =>
        new ChatClientBuilder(services.GetRequiredService<ExtractiveChatClient>())
            .UseServingTelemetry(services, EngineNames.Extractive)
            .Use(inner => new SmallTalkStage(inner, services.GetRequiredService<StoreDocuments>()))
            .Use(inner => new FileSearchStage(
                inner, services.GetRequiredService<PassageSearcher>(), readsSections: false))
            .Use(inner => new BudgetStage(
                inner, services.GetRequiredService<BudgetLedger>(), EngineNames.Extractive))
            .Build(services);
}
