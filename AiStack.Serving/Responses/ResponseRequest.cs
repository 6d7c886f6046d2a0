using System.Text.Json;
using AiStack.ServiceDefaults.Requests;
using AiStack.Serving.Requests;
using AiStack.Serving.StoredPrompts;

namespace AiStack.Serving.Responses;

/// <summary>All the fields that a request may have; an unknown one is refused as it is read.</summary>
internal sealed record ResponseRequest
{
    public string? Model { get; init; }

    public JsonElement? Input { get; init; }

    public string? Instructions { get; init; }

    public IReadOnlyList<ToolFields?>? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    /// <summary>How often the answer may search.</summary>
    public int? MaxToolCalls { get; init; }

    public IReadOnlyList<string?>? Include { get; init; }

    public bool? Stream { get; init; }

    public bool? Store { get; init; }

    public string? PreviousResponseId { get; init; }

    /// <summary>A conversation's id, or an object with it.</summary>
    public JsonElement? Conversation { get; init; }

    /// <summary>Whether it is made while its caller does something else.</summary>
    public bool? Background { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public float? PresencePenalty { get; init; }

    public float? FrequencyPenalty { get; init; }

    public int? TopLogprobs { get; init; }

    public int? MaxOutputTokens { get; init; }

    public TextFields? Text { get; init; }

    public ReasoningFields? Reasoning { get; init; }

    // These change no answer, and are repeated.

    public string? User { get; init; }

    public string? SafetyIdentifier { get; init; }

    public string? PromptCacheKey { get; init; }

    // These change no answer, whatever their value.

    public JsonElement? PromptCacheRetention { get; init; }

    public JsonElement? StreamOptions { get; init; }

    /// <summary>Whether the oldest turns of what is too long are left out, or it is refused.</summary>
    public string? Truncation { get; init; }

    // These would.

    [Unsupported("there is one tier.", Except = ["\"auto\"", "\"default\""])]
    public JsonElement? ServiceTier { get; init; }

    /// <summary>A prompt of the project's own, whose text stands before the instructions.</summary>
    public PromptFields? Prompt { get; init; }

    [Unsupported("an input that is too long is refused, not compacted.")]
    public JsonElement? ContextManagement { get; init; }

    /// <summary>How the answer's text is to be.</summary>
    internal sealed record TextFields
    {
        public JsonElement? Format { get; init; }

        public string? Verbosity { get; init; }
    }

    /// <summary>How long the model may think.</summary>
    internal sealed record ReasoningFields
    {
        public string? Effort { get; init; }

        // What the model's server tells of its thoughts is passed on as it is.

        public string? Summary { get; init; }

        public string? GenerateSummary { get; init; }
    }
}
