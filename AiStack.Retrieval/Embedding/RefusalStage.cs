using AiStack.Retrieval.OnnxModels;
using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Embedding;

/// <summary>Says in the log what a model was refused for, which callers are not told.</summary>
internal sealed partial class RefusalStage(
    IEmbeddingGenerator<string, Embedding<float>> inner, ILogger<RefusalStage> logger)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.GenerateAsync(values, options, cancellationToken);
        }
        catch (ModelRefusedException refused)
        {
            Refused(logger, refused.Message);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The embedding model cannot be used for a text: {Reason}")]
    private static partial void Refused(ILogger logger, string reason);
}
