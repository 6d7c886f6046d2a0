using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Serving.Requests;

namespace AiStack.Serving.Responses;

/// <summary>The fields of a request that this service does something with, and all others.</summary>
internal sealed record ResponseRequest
{
    public string? Model { get; init; }

    public JsonElement? Input { get; init; }

    public string? Instructions { get; init; }

    public IReadOnlyList<FileSearchFields?>? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public IReadOnlyList<string?>? Include { get; init; }

    public bool? Stream { get; init; }

    public bool? Store { get; init; }

    public string? PreviousResponseId { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? MaxOutputTokens { get; init; }

    public TextFields? Text { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>How the answer's text is to be.</summary>
    internal sealed record TextFields
    {
        public FormatFields? Format { get; init; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; init; }
    }

    internal sealed record FormatFields
    {
        public string? Type { get; init; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; init; }
    }
}
