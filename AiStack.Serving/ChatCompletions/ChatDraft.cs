using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Answers;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.ChatCompletions;

/// <summary>A completion that is about to be made.</summary>
internal sealed record ChatDraft(
    Id<ChatCompletion> Id, DateTimeOffset CreatedAt, Caller Caller, ChatRequest Request, AnswerRequest Question)
{
    public bool WithUsage => Request.StreamOptions?.IncludeUsage == true;

    /// <summary>
    /// The answers that it is made of. The record of the first has the completion's id, the others have their own.
    /// </summary>
    public IReadOnlyList<ChatChoice> Choices() =>
    [
        .. Enumerable.Range(0, Request.N ?? 1)
            .Select(index => new ChatChoice(this, index, index == 0 ? Id : Id<ChatCompletion>.New())),
    ];

    public ChatChunkObject Chunk(
        int index,
        ChatChunkObject.Delta delta,
        string? finishReason = null,
        IReadOnlyList<TokenLogprob>? logprobs = null) =>
        new(
            Id,
            CreatedAt.ToUnixTimeSeconds(),
            Question.Engine.Label,
            [new(index, delta, finishReason, logprobs is null ? null : new(logprobs))]);

    public ChatChunkObject UsageChunk(IReadOnlyList<ChatChoice> choices) =>
        new(Id, CreatedAt.ToUnixTimeSeconds(), Question.Engine.Label, [], Usage(choices));

    /// <summary>The completion as it ended.</summary>
    public ChatCompletionObject End(params IReadOnlyList<ChatChoice> choices) => new(
        Id,
        CreatedAt.ToUnixTimeSeconds(),
        Question.Engine.Label,
        [
            .. choices.Select(choice => new ChatCompletionObject.Choice(
                choice.Index,
                Message(choice.Answer, choice.Citations),
                FinishReason(choice.Answer),
                choice.Answer.Logprobs.Count > 0 ? new(choice.Answer.Logprobs) : null)),
        ],
        Usage(choices),
        Request.Metadata ?? new Dictionary<string, string>());

    private static ChatUsage Usage(IReadOnlyList<ChatChoice> choices) =>
        ChatUsage.Of([.. choices.Select(choice => choice.Answer)]);

    private static ChatCompletionObject.AnswerMessage Message(
        Answer answer, IReadOnlyList<FileCitation> citations) => new(
        answer.Length == 0 && (answer.Refusal is not null || answer.Calls.Count > 0) ? null : answer.Text,
        answer.Refusal,
        answer.Reasoning,
        answer.Calls.Count > 0
            ? [.. answer.Calls.Select(call => new ChatToolCall(null, call.CallId, new(call.Name, call.Arguments)))]
            : null,
        citations,
        Told(answer));

    public static string FinishReason(Answer answer) =>
        answer.WasFiltered ? "content_filter"
        : answer.WasCut ? "length"
        : answer.Calls.Count > 0 ? "tool_calls"
        : "stop";

    /// <summary>What is told of the answer besides its words; null when there is nothing.</summary>
    public static Dictionary<string, string>? Told(Answer answer) =>
        answer.Metadata().ToDictionary() is { Count: > 0 } told ? told : null;
}
