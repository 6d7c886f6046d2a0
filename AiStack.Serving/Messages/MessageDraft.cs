using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Answers;
using AiStack.Serving.Completions;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Ledger;

namespace AiStack.Serving.Messages;

/// <summary>A message that is about to be made.</summary>
internal sealed record MessageDraft(
    Id<Message> Id, DateTimeOffset CreatedAt, Caller Caller, MessageRequest Request, AnswerRequest Question)
{
    private static readonly JsonElement _noInput = JsonElement.Parse("{}");

    /// <summary>The message before anything is said.</summary>
    public MessageObject Begin() => new(Id, Question.Engine.Label, [], null, new(0, 0, 0));

    /// <summary>The message as it ended.</summary>
    public MessageObject End(Answer answer, IReadOnlyList<MessageBlock> blocks) => new(
        Id, Question.Engine.Label, blocks, StopReason(answer), Usage(answer), Told(answer));

    public static MessageUsage Usage(Answer answer) => new(
        (answer.Usage.InputTokenCount ?? 0) - (answer.Usage.CachedInputTokenCount ?? 0),
        answer.Usage.OutputTokenCount ?? 0,
        answer.Usage.CachedInputTokenCount ?? 0);

    public static string StopReason(Answer answer) =>
        answer.WasFiltered || answer.Refusal is not null ? "refusal"
        : answer.WasCut ? "max_tokens"
        : answer.Calls.Count > 0 ? "tool_use"
        : "end_turn";

    /// <summary>What is told of the answer besides its words; null when there is nothing. Not Anthropic's.</summary>
    public static Dictionary<string, string>? Told(Answer answer) =>
        answer.Metadata().ToDictionary() is { Count: > 0 } told ? told : null;

    /// <summary>What a model wrote as a tool's input, which may be no JSON: it is then told as text.</summary>
    public static JsonElement Input(string arguments)
    {
        if (arguments.Length == 0)
        {
            return _noInput;
        }

        try
        {
            return JsonElement.Parse(arguments);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(new { arguments });
        }
    }

    public CompletionRecord Record(Answer answer) => new(
        Id.Value,
        Caller,
        "messages",
        Request.Model!,
        Question.Engine,
        answer,
        FileSearchStage.Question(Question.Conversation),
        FileSearchTool.In(Question.Options)?.VectorStoreIds ?? [],
        CreatedAt,
        Texts: null, // Anthropic's API stores none.
        EndUser: EndUser.Of(Request.Metadata?.UserId, null));
}
