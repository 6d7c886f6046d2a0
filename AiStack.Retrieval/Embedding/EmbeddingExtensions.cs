using System.ClientModel;
using AiStack.ServiceDefaults.Options;
using AiStack.TextAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;

namespace AiStack.Retrieval.Embedding;

/// <summary>Chooses the embedder, by one setting.</summary>
internal static class EmbeddingExtensions
{
    public static void AddEmbedding(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<EmbedderOptions>()
            .Validate(
                options => options.Kind != "openai"
                    || (options.Endpoint is not null && options.Model is { Length: > 0 }),
                "Retrieval:Embedder:Kind 'openai' needs Retrieval:Embedder:Endpoint and Retrieval:Embedder:Model.");
        builder.Services.AddSingleton<WordVectorsFile>();
        builder.Services.AddSingleton<WordVectorsInMemory>();
        builder.Services.AddSingleton(Create);
        builder.Services.AddSingleton<EmbedderIdentity>();
    }

    /// <summary>Fetches what the built-in embedder needs, once per machine, if the settings say so.</summary>
    public static async Task PrepareWordVectorsAsync(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<EmbedderOptions>>().Value;
        if (options is { PrepareAtStart: true, Kind: "builtin" })
        {
            await PrepareWordVectors.RunAsync(
                app.Services.GetRequiredService<WordVectorsFile>(), CancellationToken.None);
        }
    }

    private static IEmbeddingGenerator<string, Embedding<float>> Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<EmbedderOptions>>().Value;
        IEmbeddingGenerator<string, Embedding<float>> embedder = options.Kind == "openai"
            ? new OpenAIClient(
                    new ApiKeyCredential(options.ApiKey ?? "none"),
                    new OpenAIClientOptions { Endpoint = options.Endpoint })
                .GetEmbeddingClient(options.Model!).AsIEmbeddingGenerator(options.Dimensions)
            : new BuiltinEmbedder(services.GetRequiredService<WordVectorsInMemory>().Vectors);
        return new EmbeddingGeneratorBuilder<string, Embedding<float>>(embedder).UseOpenTelemetry().Build(services);
    }
}

/// <summary>
/// Which embedder it is. Vectors of different embedders cannot be compared, nor words that were taken apart in
/// different ways, so what is indexed is stored with this name.
/// </summary>
internal sealed class EmbedderIdentity
{
    public EmbedderIdentity(IEmbeddingGenerator<string, Embedding<float>> embedder)
    {
        var metadata = embedder.GetRequiredService<EmbeddingGeneratorMetadata>();
        Dimensions = metadata.DefaultModelDimensions
            ?? throw new InvalidOperationException("The embedder does not say how long its vectors are.");
        Name = $"{metadata.DefaultModelId}/{Dimensions}/{Words.Version}";
        Model = metadata.DefaultModelId!;
    }

    public string Name { get; }

    public string Model { get; }

    public int Dimensions { get; }
}
