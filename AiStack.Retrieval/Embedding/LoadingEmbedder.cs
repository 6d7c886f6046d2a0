using AiStack.ServiceDefaults;
using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// Loads the model, where it is one in this process, beside the start of the service, which does not wait. What
/// is embedded earlier does.
/// </summary>
internal sealed partial class LoadingEmbedder(
    IEmbeddingGenerator<string, Embedding<float>> embedder, ILogger<LoadingEmbedder> logger)
    : LastingService(logger)
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        if (embedder.GetService<LocalEmbedder>() is not { } local)
        {
            return;
        }

        try
        {
            await local.LoadAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Failed(logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The embedder's model cannot be loaded; the next text tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
