using System.Text.Json;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults.Requests;

namespace AiStack.Serving.Requests;

/// <summary>The tool <c>file_search</c> as a request writes it.</summary>
internal sealed record FileSearchFields
{
    [Unsupported("only tools of type 'file_search' are.", Except = ["\"file_search\""])]
    public string? Type { get; init; }

    public IReadOnlyList<string>? VectorStoreIds { get; init; }

    public int? MaxNumResults { get; init; }

    public JsonElement? Filters { get; init; }

    public RankingOptions? RankingOptions { get; init; }
}
