using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults;
using AiStack.TextAnalysis.Recognisers;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>What a store does with the personal details and secrets of its documents, kind by kind.</summary>
/// <param name="Default">Of the kinds that are not named.</param>
/// <param name="Kinds">The others.</param>
internal sealed record PrivacyPolicy(string Default, IReadOnlyDictionary<string, string> Kinds)
{
    /// <summary>They are counted in the file's report, and stay.</summary>
    public const string Report = "report";

    /// <summary>Their kind stands in their place: nothing that the store gives or searches has them.</summary>
    public const string Mask = "mask";

    /// <summary>A file that has one is not taken.</summary>
    public const string Block = "block";

    public static PrivacyPolicy None { get; } = new(Report, new Dictionary<string, string>());

    private bool Masks => Default == Mask || Kinds.Values.Contains(Mask);

    private bool Blocks => Default == Block || Kinds.Values.Contains(Block);

    public string ActionOn(string kind) => Kinds.GetValueOrDefault(kind, Default);

    /// <summary>Reads what the store's row has; <c>{}</c> is none.</summary>
    public static PrivacyPolicy Read(string stored) =>
        stored == "{}" ? None : JsonSerializer.Deserialize<PrivacyPolicy>(stored, JsonDefaults.Options)!;

    /// <summary>The same of a column of a row, which has none where the store is gone by now.</summary>
    public static PrivacyPolicy Read(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? None : Read(row.GetString(column));

    /// <summary>
    /// What a chunk's row says was found in its text, each detail as its own string. A chunk that was cut before
    /// details were looked for is looked at now.
    /// </summary>
    public IReadOnlyList<FoundDetail> DetailsOf(NpgsqlDataReader row, int column, string text) =>
        !Masks && !Blocks ? []
        : row.IsDBNull(column) ? In(text)
        : Array.ConvertAll(row.GetFieldValue<string[]>(column), FoundDetail.Parse);

    /// <summary>The text with what is to be masked covered, as long as before: what points into it still does.
    /// </summary>
    public string Masked(string text, IReadOnlyList<FoundDetail> details) => !Masks || details.Count == 0
        ? text
        : Placeholders.MaskInPlace(
            text,
            details.Where(detail => ActionOn(detail.Kind) == Mask && detail.End <= text.Length)
                .Select(detail => new Finding(detail.Kind, detail.Start, detail.Length)));

    /// <summary>The same of a heading, a title or the head of a table, which is looked at by itself.</summary>
    public string? Masked(string? text) => text is null || !Masks ? text : Masked(text, In(text));

    /// <summary>The same of what a file says of itself, each value behind its name, as a form has it.</summary>
    public JsonElement Masked(JsonElement attributes)
    {
        if (!Masks || attributes.ValueKind != JsonValueKind.Object)
        {
            return attributes;
        }

        var masked = new JsonObject();
        foreach (var attribute in attributes.EnumerateObject())
        {
            var label = $"{attribute.Name}: ";
            masked[attribute.Name] = attribute.Value.ValueKind == JsonValueKind.String
                ? Masked($"{label}{attribute.Value.GetString()}")![label.Length..]
                : JsonNode.Parse(attribute.Value.GetRawText());
        }

        return JsonSerializer.SerializeToElement(masked);
    }

    /// <summary>How many of each kind there are that keep a file out.</summary>
    public IEnumerable<(string Kind, int Count)> Blocked(IEnumerable<FoundDetail> details) => !Blocks
        ? []
        : details.Where(detail => ActionOn(detail.Kind) == Block)
            .CountBy(detail => detail.Kind)
            .OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => (kind.Key, kind.Value));

    private static FoundDetail[] In(string text) =>
    [
        .. DocumentDetails.Find(text).Select(found => new FoundDetail(found.Kind, found.Start, found.Length)),
    ];
}
