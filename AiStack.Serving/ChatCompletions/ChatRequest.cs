using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiStack.Serving.ChatCompletions;

/// <summary>The fields of a request that this service does something with, and all others.</summary>
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

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    internal sealed record StreamFields(bool? IncludeUsage, bool? IncludeObfuscation);
}
