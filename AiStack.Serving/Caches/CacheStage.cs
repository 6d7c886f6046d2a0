using System.Runtime.CompilerServices;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Caches;

/// <summary>Stands before all others: gives a kept answer, or keeps the one that is made.</summary>
internal sealed class CacheStage(IChatClient inner, AnswerCache cache, CacheUse use) : StreamingStage(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var look = await cache.FindAsync(use);
        if (look?.Read() is { } kept && kept.OutputTokens <= (use.MaxOutputTokens ?? int.MaxValue))
        {
            foreach (var update in AnswerReader.Read(kept, look.Since))
            {
                yield return update;
            }

            yield break;
        }

        var writer = new AnswerWriter();
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            writer.See(update);
            yield return update;
        }

        if (look is not null)
        {
            await cache.KeepAsync(use, look, writer);
        }
    }
}
