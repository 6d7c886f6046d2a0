using System.Runtime.CompilerServices;
using AiStack.Serving.Guards;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.GuardStages;

/// <summary>
/// Stands before everything that makes an answer: what is asked goes in as the project's guards let it, and what is
/// said comes out as they let it. What is found on the way is looked at where it is read.
/// </summary>
internal sealed class GuardStage(IChatClient inner, RequestGuards guards) : StreamingStage(inner)
{
    /// <summary>What guards acted on, or could not look at, is no answer to be kept and given again unseen.</summary>
    private static readonly ChatFinishReason _guarded = new("guarded");

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (said, asked) = GuardedInput.Of(messages, options, guards);
        var updates = InnerClient.GetStreamingResponseAsync(said, asked, cancellationToken);
        var output = guards.Strongest(GuardPlace.Output);
        var answer = output == GuardAction.Off ? null : new GuardedAnswer(
            guards, changes: output > GuardAction.Flag, isJson: options?.ResponseFormat is ChatResponseFormatJson);
        await foreach (var update in updates)
        {
            if (answer is not null)
            {
                update.Contents = [.. update.Contents.SelectMany(answer.Say)];
                if (answer.IsBlocked)
                {
                    update.FinishReason = ChatFinishReason.ContentFilter;
                }
            }

            yield return update;
            if (answer?.IsBlocked == true)
            {
                // What would be said further is not paid for.
                yield break;
            }
        }

        yield return new(ChatRole.Assistant, answer is null ? [] : [.. answer.End()])
        {
            FinishReason = answer?.IsBlocked == true ? ChatFinishReason.ContentFilter
                : guards.HaveActed ? _guarded
                : null,
        };
    }
}
