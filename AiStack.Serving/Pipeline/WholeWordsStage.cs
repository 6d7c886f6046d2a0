using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Pipeline;

/// <summary>
/// Takes U+0000 out of what a model says, before anything looks at it: Postgres has none, and a word that is divided by
/// it would be no word to a guard.
/// </summary>
internal sealed class WholeWordsStage(IChatClient inner) : StreamingStage(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            for (var i = 0; i < update.Contents.Count; i++)
            {
                update.Contents[i] = Whole(update.Contents[i]);
            }

            yield return update;
        }
    }

    private static AIContent Whole(AIContent content)
    {
        switch (content)
        {
            case TextContent text when IsBroken(text.Text):
                text.Text = Whole(text.Text);
                return text;
            case TextReasoningContent thought when IsBroken(thought.Text):
                thought.Text = Whole(thought.Text);
                return thought;
            case ErrorContent error when IsBroken(error.Message):
                error.Message = Whole(error.Message);
                return error;
            case FunctionCallPart part when IsBroken(part.Arguments):
                return new FunctionCallPart(part.Index, part.CallId, part.Name, Whole(part.Arguments));
            default:
                return content;
        }
    }

    private static bool IsBroken(string words) => words.Contains('\0', StringComparison.Ordinal);

    private static string Whole(string words) => words.Replace("\0", "", StringComparison.Ordinal);
}
