using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Serving.Answers;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.ChatCompletions;

/// <summary>OpenAI's chat completion object.</summary>
internal sealed record ChatCompletionObject(
    Id<ChatCompletion> Id,
    long Created,
    string Model,
    IReadOnlyList<ChatCompletionObject.Choice> Choices,
    ChatUsage Usage,
    IReadOnlyDictionary<string, string> Metadata)
{
    public string Object { get; } = "chat.completion";

    public string ServiceTier { get; } = "default";

    public string? SystemFingerprint { get; }

    internal sealed record Choice(int Index, AnswerMessage Message, string FinishReason, ChatLogprobs? Logprobs);

    /// <param name="Annotations">The sources, as on <c>/v1/responses</c>. Not OpenAI's, which has these only for the
    /// web.</param>
    /// <param name="ReasoningContent">What the model thought before. Not OpenAI's, which never tells; others call it
    /// so.</param>
    internal sealed record AnswerMessage(
        string? Content,
        string? Refusal,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReasoningContent,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ChatToolCall>? ToolCalls,
        IReadOnlyList<FileCitation> Annotations,
        IReadOnlyDictionary<string, string>? Metadata)
    {
        public string Role { get; } = "assistant";
    }
}

/// <summary>OpenAI's object for a part of a streamed completion.</summary>
internal sealed record ChatChunkObject(
    Id<ChatCompletion> Id,
    long Created,
    string Model,
    IReadOnlyList<ChatChunkObject.Choice> Choices,
    ChatUsage? Usage = null)
{
    public string Object { get; } = "chat.completion.chunk";

    public string ServiceTier { get; } = "default";

    public string? SystemFingerprint { get; }

    internal sealed record Choice(int Index, Delta Delta, string? FinishReason, ChatLogprobs? Logprobs);

    internal sealed record Delta
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Role { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Content { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Refusal { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? ReasoningContent { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<FileCitation>? Annotations { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    }
}

/// <summary>A call that a model asks for, or the next part of one.</summary>
/// <param name="Index">Which call of a stream it is a part of.</param>
internal sealed record ChatToolCall(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Index,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    ChatToolCall.Called Function)
{
    /// <summary>Told with the id, at a call's beginning.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; } = Id is null ? null : "function";

    internal sealed record Called(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name, string Arguments);
}

/// <summary>How likely the tokens of a text were.</summary>
internal sealed record ChatLogprobs(IReadOnlyList<TokenLogprob> Content)
{
    public object? Refusal { get; }
}

/// <summary>What a completion cost.</summary>
internal sealed record ChatUsage(
    long PromptTokens,
    long CompletionTokens,
    ChatUsage.PromptDetails PromptTokensDetails,
    ChatUsage.Details CompletionTokensDetails)
{
    public long TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>What the answers took together.</summary>
    public static ChatUsage Of(IReadOnlyCollection<Answer> answers) => new(
        answers.Sum(answer => answer.Usage.InputTokenCount ?? 0),
        answers.Sum(answer => answer.Usage.OutputTokenCount ?? 0),
        new(answers.Sum(answer => answer.Usage.CachedInputTokenCount ?? 0)),
        new(answers.Sum(answer => answer.Usage.ReasoningTokenCount ?? 0)));

    internal sealed record PromptDetails(long CachedTokens);

    internal sealed record Details(long ReasoningTokens);
}
