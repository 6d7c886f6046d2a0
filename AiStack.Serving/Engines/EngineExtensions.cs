using AiStack.Serving.Engines.Extractive;
using AiStack.Serving.Engines.OpenAi;
using AiStack.Serving.Models;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Engines;

internal static class EngineExtensions
{
    /// <summary>The engines there are by configuration, and the catalog of their names.</summary>
    public static void AddEngines(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<ServingOptions>();
        builder.AddValidatedOptions<ContentOptions>();
        builder.Services.AddSingleton<TokenCounter>();
        builder.Services.AddSingleton<ModelCatalog>();
        builder.AddExtractiveEngine();
        builder.AddOpenAiEngine();
    }
}
