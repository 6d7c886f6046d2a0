using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// Tells an embedder that what it embeds is searched with, not searched: many models see the two apart.
/// </summary>
internal static class QueryOption
{
    private const string Key = "aistack.query";

    /// <summary>The options of a query.</summary>
    public static EmbeddingGenerationOptions Options =>
        new() { AdditionalProperties = new AdditionalPropertiesDictionary { [Key] = true } };

    public static bool IsIn(EmbeddingGenerationOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out bool isQuery) == true && isQuery;
}
