using AiStack.Serving.Engines;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Ledger;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Responses;

/// <summary>
/// Leaves out the oldest turns of a conversation that is too long, where the request says <c>truncation: auto</c>.
/// </summary>
internal sealed class TruncateTurns(IOptions<ServingOptions> options)
{
    public const string Auto = "auto";
    public const string Disabled = "disabled";

    /// <summary>Models count other tokens than we do, and have a prompt around the conversation.</summary>
    private const double Usable = 0.85;

    /// <summary>What is found in sources needs room as well.</summary>
    private const double UsableBesideSources = 0.5;

    /// <summary>
    /// The conversation as the model is told it: whole turns of it, the newest, as many as fit. What the system says
    /// stays, and so does the last turn, which is refused when it is too long by itself.
    /// </summary>
    public IReadOnlyList<ChatMessage> Run(IReadOnlyList<ChatMessage> messages, ChatOptions chat, Engine engine)
    {
        var tokens = Room(chat, engine) - messages.Where(IsSystem).Sum(Tokens);
        var characters = options.Value.MaxInputCharacters - (chat.Instructions?.Length ?? 0L)
            - messages.Where(IsSystem).Sum(Characters);
        var count = options.Value.MaxMessages - messages.Count(IsSystem);
        var begin = messages.Count;
        for (var end = messages.Count; end > 0; end = begin)
        {
            var start = Start(messages, end);
            var turn = messages.Take(start..end).Where(message => !IsSystem(message)).ToList();
            tokens -= turn.Sum(Tokens);
            characters -= turn.Sum(Characters);
            count -= turn.Count;
            if (end < messages.Count && (tokens < 0 || characters < 0 || count < 0))
            {
                break;
            }

            begin = start;
        }

        return begin == 0 ? messages : [.. messages.Where((message, at) => at >= begin || IsSystem(message))];
    }

    /// <summary>Where the turn that ends there begins: with what a person says.</summary>
    private static int Start(IReadOnlyList<ChatMessage> messages, int end)
    {
        var start = end - 1;
        while (start > 0 && messages[start].Role != ChatRole.User)
        {
            start--;
        }

        return start;
    }

    private static double Room(ChatOptions chat, Engine engine) => engine.ContextTokens is { } window
        ? ((window - Math.Min(chat.MaxOutputTokens ?? engine.MaxOutputTokens, window / 2))
            * (FileSearchTool.In(chat) is null ? Usable : UsableBesideSources))
            - InputBound.Count([], chat)
        : double.PositiveInfinity;

    private static bool IsSystem(ChatMessage message) => message.Role == ChatRole.System;

    private static long Tokens(ChatMessage message) => InputBound.Count([message], null);

    private static long Characters(ChatMessage message) => message.AllText().Length;
}
