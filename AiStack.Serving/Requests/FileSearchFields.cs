using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Contracts.Search;

namespace AiStack.Serving.Requests;

/// <summary>The tool <c>file_search</c> as a request writes it.</summary>
internal sealed record FileSearchFields
{
    public string? Type { get; init; }

    public IReadOnlyList<string>? VectorStoreIds { get; init; }

    public int? MaxNumResults { get; init; }

    public JsonElement? Filters { get; init; }

    public RankingOptions? RankingOptions { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
