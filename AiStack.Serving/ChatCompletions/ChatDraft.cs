using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Answers;
using AiStack.Serving.Ledger;
using AiStack.Serving.Completions;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.ChatCompletions;

/// <summary>A completion that is about to be made.</summary>
internal sealed record ChatDraft(
    Id<ChatCompletion> Id, DateTimeOffset CreatedAt, Caller Caller, ChatRequest Request, AnswerRequest Question)
{
    public bool WithUsage => Request.StreamOptions?.IncludeUsage == true;

    public ChatChunkObject Chunk(
        ChatChunkObject.Delta delta, string? finishReason = null, IReadOnlyList<TokenLogprob>? logprobs = null) =>
        new(
            Id,
            CreatedAt.ToUnixTimeSeconds(),
            Question.Engine.Label,
            [new(delta, finishReason, logprobs is null ? null : new(logprobs))]);

    public ChatChunkObject UsageChunk(Answer answer) =>
        new(Id, CreatedAt.ToUnixTimeSeconds(), Question.Engine.Label, [], ChatUsage.Of(answer));

    /// <summary>The completion as it ended.</summary>
    public ChatCompletionObject End(Answer answer, IReadOnlyList<FileCitation> citations) => new(
        Id,
        CreatedAt.ToUnixTimeSeconds(),
        Question.Engine.Label,
        [
            new(
                Message(answer, citations),
                FinishReason(answer),
                answer.Logprobs.Count > 0 ? new(answer.Logprobs) : null),
        ],
        ChatUsage.Of(answer),
        Request.Metadata ?? new Dictionary<string, string>());

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

    /// <summary>The record. OpenAI stores chat completions only when told to.</summary>
    public CompletionRecord Record(Answer answer, ChatCompletionObject completion) => new(
        Id.Value,
        Caller,
        "chat.completions",
        Request.Model!,
        Question.Engine,
        answer,
        FileSearchStage.Question(Question.Conversation),
        FileSearchTool.In(Question.Options)?.VectorStoreIds ?? [],
        CreatedAt,
        Request.Store == true && answer.IsWhole
            ? new(
                JsonSerializer.Serialize(Request.Messages, JsonDefaults.Options),
                JsonSerializer.Serialize(completion, JsonDefaults.Options))
            : null,
        EndUser: EndUser.Of(Request.SafetyIdentifier, Request.User));
}
