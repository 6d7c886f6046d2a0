using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Embedding;

/// <summary>Puts before a query, or before a passage, what the model was trained to see there.</summary>
internal sealed class PrefixStage(
    IEmbeddingGenerator<string, Embedding<float>> inner, string queryPrefix, string passagePrefix)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    /// <summary>A part of what is indexed, so that another one is another index.</summary>
    public string PassagePrefix => passagePrefix;

    public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var prefix = QueryOption.IsIn(options) ? queryPrefix : passagePrefix;
        return base.GenerateAsync(
            prefix.Length == 0 ? values : values.Select(value => prefix + value), options, cancellationToken);
    }
}
