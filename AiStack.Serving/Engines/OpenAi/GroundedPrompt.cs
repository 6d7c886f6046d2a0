using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Serving.Engines.Extractive;
using AiStack.Serving.Pipeline;
using AiStack.Serving.Prompts;
using AiStack.TextAnalysis;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// Makes the messages that a model gets: the rules and the passages, then the conversation, all within its window.
/// </summary>
internal sealed class GroundedPrompt(PromptTemplate template, OpenAiOptions upstream)
{
    /// <summary>What a message costs besides its text, estimated high.</summary>
    private const int TokensPerMessage = 8;

    /// <summary>Counts are another model's, and may be off by some percent.</summary>
    private const double Reserve = 0.05;

    private readonly int _rulesTokens = Tokens.Count(template.Text);

    /// <summary>The messages; the passages that fit into <paramref name="maxTokens"/> get their numbers.</summary>
    public async Task<IReadOnlyList<ChatMessage>> RenderAsync(
        IReadOnlyList<ChatMessage> conversation,
        ChatOptions? options,
        IEnumerable<PassageSearchResponse> searches,
        NumberedPassages passages,
        int maxTokens,
        CancellationToken cancellationToken)
    {
        var shown = string.Join("\n", searches.Select(found => passages.Show(found, maxTokens)));
        var rules = await template.RenderAsync(
            new()
            {
                ["no_answer"] = ExtractiveChatClient.NoAnswer,
                ["instructions"] = SystemMessage.TextOf(conversation, options?.Instructions),
                ["passages"] = shown,
            },
            cancellationToken);
        return [new(ChatRole.System, rules), .. SystemMessage.Without(conversation)];
    }

    /// <summary>
    /// What the window has left after the conversation, the rules and the answer. A conversation that does not fit is
    /// a fault.
    /// </summary>
    public int Left(IReadOnlyList<ChatMessage> conversation, ChatOptions? options)
    {
        var window = (int)(upstream.ContextTokens * (1 - Reserve));
        var answer = Math.Min(options?.MaxOutputTokens ?? upstream.MaxOutputTokens, window);
        var said = _rulesTokens + Tokens.Count(options?.Instructions ?? "")
            + ClientFunction.In(options).Sum(function => Tokens.Count(function.Name + function.Description
                + function.JsonSchema.GetRawText()) + TokensPerMessage)
            + conversation.Sum(message => Tokens.Count(message.AllText()) + TokensPerMessage);
        var left = window - answer - said;
        return left >= 0
            ? left
            : throw new UpstreamFaultException(
                new(
                    FaultCode.InvalidArgument,
                    $"The conversation has {said} tokens, the answer may have {answer}, "
                    + $"and the limit for both is {window}."),
                UpstreamFaultException.TooLong);
    }
}
