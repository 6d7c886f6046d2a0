using System.Text.Json;
using AiStack.ServiceDefaults.Requests;

namespace AiStack.Serving.ChatCompletions;

/// <summary>All the fields that a request may have; an unknown one is refused as it is read.</summary>
internal sealed record ChatRequest
{
    public string? Model { get; init; }

    public IReadOnlyList<JsonElement>? Messages { get; init; }

    /// <summary>Not OpenAI's: the sources to answer from.</summary>
    public IReadOnlyList<string>? VectorStoreIds { get; init; }

    public bool? Stream { get; init; }

    public StreamFields? StreamOptions { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    /// <summary>How many answers there are to be.</summary>
    public int? N { get; init; }

    public int? MaxTokens { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public JsonElement? Stop { get; init; }

    public long? Seed { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public bool? Store { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public JsonElement? ResponseFormat { get; init; }

    public IReadOnlyList<ChatToolFields?>? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public string? ReasoningEffort { get; init; }

    public string? Verbosity { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    /// <summary>Tokens of the model's own, with how much likelier each is to be.</summary>
    public JsonElement? LogitBias { get; init; }

    // These change no answer, and say for whom it is.

    public string? User { get; init; }

    public string? SafetyIdentifier { get; init; }

    // These change no answer, whatever their value.

    public JsonElement? PromptCacheKey { get; init; }

    public JsonElement? PromptCacheRetention { get; init; }

    public JsonElement? Prediction { get; init; }

    // These would.

    [Unsupported("there is one tier.", Except = ["\"auto\"", "\"default\""])]
    public JsonElement? ServiceTier { get; init; }

    [Unsupported("it is OpenAI's old form; offer them as 'tools'.", Except = ["[]"])]
    public JsonElement? Functions { get; init; }

    [Unsupported("it is OpenAI's old form; use 'tool_choice'.", Except = ["\"none\"", "\"auto\""])]
    public JsonElement? FunctionCall { get; init; }

    [Unsupported("an answer is text.", Except = ["[\"text\"]"])]
    public JsonElement? Modalities { get; init; }

    [Unsupported("an answer is text.")]
    public JsonElement? Audio { get; init; }

    [Unsupported("the web is not searched.")]
    public JsonElement? WebSearchOptions { get; init; }

    internal sealed record StreamFields(bool? IncludeUsage, bool? IncludeObfuscation);
}
