using System.Text.Json;
using AiStack.ServiceDefaults;

namespace AiStack.Retrieval.Synonyms;

/// <summary>Words that say the same, in searches of one store.</summary>
/// <param name="Rules">
/// In the format of Apache Solr, without escapes: <c>boss, manager</c>, or <c>typed => written</c>.
/// </param>
/// <param name="Language">The language that compares their words, by ISO 639-1.</param>
/// <param name="Everyday">Whether everyday words of work in English count, too, which come with AiStack.</param>
internal sealed record StoreSynonyms(IReadOnlyList<string> Rules, string Language = "en", bool Everyday = true)
{
    /// <summary>Of a store that never was given any.</summary>
    public static StoreSynonyms None { get; } = new([]);

    /// <summary>Reads what the store's row has; null and <c>{}</c> are none.</summary>
    public static StoreSynonyms Read(string? stored) =>
        stored is null or "{}" ? None : JsonSerializer.Deserialize<StoreSynonyms>(stored, JsonDefaults.Options)!;
}
