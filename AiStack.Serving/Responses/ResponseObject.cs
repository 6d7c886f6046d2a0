using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Serving.StoredPrompts;

namespace AiStack.Serving.Responses;

/// <summary>
/// OpenAI's response object. Fields that this service knows nothing about have the value that says so.
/// </summary>
internal sealed record ResponseObject(
    Id<Response> Id,
    long CreatedAt,
    string Status,
    ResponseObject.Failure? Error,
    ResponseObject.Shortfall? IncompleteDetails,
    string? Instructions,
    int? MaxOutputTokens,
    string Model,
    IReadOnlyList<OutputItem> Output,
    Id<Response>? PreviousResponseId,
    bool Store,
    float? Temperature,
    object ToolChoice,
    IReadOnlyList<object> Tools,
    float? TopP,
    ResponseObject.Tokens? Usage,
    IReadOnlyDictionary<string, string> Metadata,
    long? CompletedAt = null)
{
    public string Object { get; } = "response";

    public bool Background { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InConversation? Conversation { get; init; }

    public int? MaxToolCalls { get; init; }

    public bool ParallelToolCalls { get; init; }

    public float PresencePenalty { get; init; }

    public float FrequencyPenalty { get; init; }

    public int TopLogprobs { get; init; }

    public required Reason Reasoning { get; init; }

    public string ServiceTier { get; } = "default";

    public required TextFormat Text { get; init; }

    public string Truncation { get; init; } = TruncateTurns.Disabled;

    public string? User { get; init; }

    public string? SafetyIdentifier { get; init; }

    /// <summary>The prompt that the request named.</summary>
    public PromptFields? Prompt { get; init; }

    public string? PromptCacheKey { get; init; }

    internal sealed record InConversation(Id<Conversation> Id);

    internal sealed record Failure(string Code, string Message);

    internal sealed record Shortfall(string Reason);

    internal sealed record Reason(string? Effort, string? Summary);

    internal sealed record TextFormat(object Format, string Verbosity);

    internal sealed record Tokens(
        long InputTokens, Cached InputTokensDetails, long OutputTokens, Reasoned OutputTokensDetails)
    {
        public long TotalTokens => InputTokens + OutputTokens;
    }

    internal sealed record Cached(long CachedTokens);

    internal sealed record Reasoned(long ReasoningTokens);
}
