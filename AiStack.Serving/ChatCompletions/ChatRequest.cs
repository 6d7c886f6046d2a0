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

    public int? MaxTokens { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public JsonElement? Stop { get; init; }

    public long? Seed { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public bool? Store { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public JsonElement? ResponseFormat { get; init; }

    // These change no answer, whatever their value.

    public JsonElement? User { get; init; }

    public JsonElement? SafetyIdentifier { get; init; }

    public JsonElement? PromptCacheKey { get; init; }

    public JsonElement? PromptCacheRetention { get; init; }

    public JsonElement? Prediction { get; init; }

    public JsonElement? ParallelToolCalls { get; init; }

    // These would.

    [Unsupported("one answer is given.", Except = ["1"])]
    public JsonElement? N { get; init; }

    [Unsupported("there is one tier.", Except = ["\"auto\"", "\"default\""])]
    public JsonElement? ServiceTier { get; init; }

    [Unsupported("log probabilities are not known.", Except = ["false"])]
    public JsonElement? Logprobs { get; init; }

    [Unsupported("log probabilities are not known.", Except = ["0"])]
    public JsonElement? TopLogprobs { get; init; }

    [Unsupported("tokens cannot be weighed.", Except = ["{}"])]
    public JsonElement? LogitBias { get; init; }

    [Unsupported("sources are named by 'vector_store_ids'; other tools are not called.", Except = ["[]"])]
    public JsonElement? Tools { get; init; }

    [Unsupported("there are no tools to choose from.", Except = ["\"none\"", "\"auto\""])]
    public JsonElement? ToolChoice { get; init; }

    [Unsupported("functions are not called.", Except = ["[]"])]
    public JsonElement? Functions { get; init; }

    [Unsupported("functions are not called.", Except = ["\"none\"", "\"auto\""])]
    public JsonElement? FunctionCall { get; init; }

    [Unsupported("an answer is text.", Except = ["[\"text\"]"])]
    public JsonElement? Modalities { get; init; }

    [Unsupported("an answer is text.")]
    public JsonElement? Audio { get; init; }

    [Unsupported("models are asked as they are configured.")]
    public JsonElement? ReasoningEffort { get; init; }

    [Unsupported("the length cannot be chosen.", Except = ["\"medium\""])]
    public JsonElement? Verbosity { get; init; }

    [Unsupported("the web is not searched.")]
    public JsonElement? WebSearchOptions { get; init; }

    internal sealed record StreamFields(bool? IncludeUsage, bool? IncludeObfuscation);
}
