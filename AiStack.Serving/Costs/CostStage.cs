using System.Diagnostics;
using System.Runtime.CompilerServices;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Costs;

/// <summary>
/// Writes what an answer cost on its span, next to the tokens, and the id by which its caller knows it. It stands right
/// behind the stage that makes the span.
/// </summary>
internal sealed class CostStage(IChatClient inner, Price? usual) : StreamingStage(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var span = Activity.Current;
        var usage = new UsageDetails();
        var id = options.AnswerId();
        var price = options.PriceOr(usual);
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            foreach (var used in update.Contents.OfType<UsageContent>())
            {
                usage.Add(used.Details);

                // Now and not at the end: a reader that has the usage may stop here.
                if (price?.Of(usage) is { } cost)
                {
                    span?.SetTag(ServingTelemetry.CostTag, (double)cost);
                    span?.SetTag(AnswerMetadata.CurrencyKey, price.Currency);
                }
            }

            update.ResponseId = id ?? update.ResponseId;
            yield return update;
        }
    }
}
