using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults;
using AiStack.TextAnalysis.Recognisers;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>What a store does with the personal details and secrets of its documents, kind by kind.</summary>
/// <param name="Default">Of the kinds that are not named.</param>
/// <param name="Kinds">The others.</param>
internal sealed partial record PrivacyPolicy(string Default, IReadOnlyDictionary<string, string> Kinds)
{
    /// <summary>They are counted in the file's report, and stay.</summary>
    public const string Report = "report";

    /// <summary>Their kind stands in their place: nothing that the store gives or searches has them.</summary>
    public const string Mask = "mask";

    /// <summary>A stand-in is in their place: of the same value the same, everywhere in the project.</summary>
    public const string Pseudonymise = "pseudonymise";

    /// <summary>A file that has one is not taken.</summary>
    public const string Block = "block";

    public static PrivacyPolicy None { get; } = new(Report, new Dictionary<string, string>());

    /// <summary>What the key was known by that the stand-ins are made with; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>Where stand-ins come from. Without them, and with those of another key, masks are in their place.
    /// </summary>
    [JsonIgnore]
    public StandIns? StandIns { get; init; }

    /// <summary>Whether values get stand-ins.</summary>
    [JsonIgnore]
    public bool Pseudonymises => Has(Pseudonymise);

    /// <summary>Whether its stand-ins were made with another key than there is now.</summary>
    [JsonIgnore]
    public bool KeyChanged => Pseudonymises && StandIns?.Fingerprint != Key;

    private bool Covers => Has(Mask) || Pseudonymises;

    private bool Blocks => Has(Block);

    public string ActionOn(string kind) => Kinds.GetValueOrDefault(kind, Default);

    /// <summary>Reads what the store's row has; <c>{}</c> is none.</summary>
    public static PrivacyPolicy Read(string stored, StandIns? standIns = null) => stored == "{}"
        ? None
        : JsonSerializer.Deserialize<PrivacyPolicy>(stored, JsonDefaults.Options)! with { StandIns = standIns };

    /// <summary>The same of a column of a row, which has none where the store is gone by now.</summary>
    public static PrivacyPolicy Read(NpgsqlDataReader row, int column, StandIns? standIns) =>
        row.IsDBNull(column) ? None : Read(row.GetString(column), standIns);

    /// <summary>
    /// What a chunk's row says was found in its text, each detail as its own string. A chunk that was cut before
    /// details were looked for is looked at now.
    /// </summary>
    public IReadOnlyList<FoundDetail> DetailsOf(NpgsqlDataReader row, int column, string text) =>
        !Covers && !Blocks ? []
        : row.IsDBNull(column) ? In(text)
        : Array.ConvertAll(row.GetFieldValue<string[]>(column), FoundDetail.Parse);

    /// <summary>
    /// The text with what is to be masked or to have a stand-in covered, as long as before: what points into it still
    /// does.
    /// </summary>
    public string Masked(string text, IReadOnlyList<FoundDetail> details) => Masked(text, details, _ => text);

    /// <summary>The same of a heading, a title or the head of a table, which is looked at by itself.</summary>
    public string? Masked(string? text) => text is null || !Covers ? text : Masked(text, In(text));

    /// <summary>
    /// The same of a file's name, which is looked at as it is written, and with spaces for what parts its words,
    /// with capitals where it has none.
    /// </summary>
    public string? MaskedName(string? name)
    {
        if (name is null || !Covers)
        {
            return name;
        }

        var stem = name[..^Ending().Match(name).Length];
        var words = Marks().Replace(stem, " ");
        words = words.Any(char.IsUpper) ? words : CultureInfo.InvariantCulture.TextInfo.ToTitleCase(words);
        var written = DocumentDetails.Find(name);
        var found = Finding.Apart([.. written, .. DocumentDetails.Find(words).Select(one => WithoutKind(one, words))]);
        return Masked(
            name, [.. found.Select(Detail)], detail => written.Any(each => Detail(each) == detail) ? name : words);
    }

    /// <summary>The same of what a file says of itself, each value behind its name, as a form has it.</summary>
    public JsonElement Masked(JsonElement attributes)
    {
        if (!Covers || attributes.ValueKind != JsonValueKind.Object)
        {
            return attributes;
        }

        var masked = new JsonObject();
        foreach (var attribute in attributes.EnumerateObject())
        {
            var label = $"{attribute.Name}: ";
            var written = attribute.Value.ToString();
            var given = Masked($"{label}{written}")![label.Length..];
            // A number can be that of somebody, too.
            masked[attribute.Name] = attribute.Value.ValueKind == JsonValueKind.String || given != written
                ? given
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

    /// <param name="from">The text that says what a detail's value is, at the same place.</param>
    private string Masked(string text, IReadOnlyList<FoundDetail> details, Func<FoundDetail, string> from) =>
        !Covers || details.Count == 0
            ? text
            : Placeholders.Replace(
                text,
                details.Where(detail => ActionOn(detail.Kind) is Mask or Pseudonymise && detail.End <= text.Length)
                    .Select(detail => new Finding(detail.Kind, detail.Start, detail.Length)),
                finding => ActionOn(finding.Kind) == Pseudonymise && !KeyChanged
                    ? StandIns!.InPlace(
                        finding.Kind, from(Detail(finding)).Substring(finding.Start, finding.Length))
                    : Placeholders.For(finding.Kind, finding.Length));

    private bool Has(string action) => Default == action || Kinds.Values.Contains(action);

    private static FoundDetail[] In(string text) => [.. DocumentDetails.Find(text).Select(Detail)];

    private static FoundDetail Detail(Finding found) => new(found.Kind, found.Start, found.Length);

    /// <summary>A name without what says of which kind the document is: <c>CV</c> is no family name.</summary>
    private static Finding WithoutKind(Finding found, string words) =>
        found.Kind == PersonalDetails.Person
        && KindOfDocument().Match(words, found.Start, found.Length) is { Success: true } kind
            ? found with { Length = kind.Index - found.Start }
            : found;

    [GeneratedRegex(@"\s+\p{Lu}{2,3}$")]
    private static partial Regex KindOfDocument();

    [GeneratedRegex(@"\.[A-Za-z0-9]{1,5}$|$")]
    private static partial Regex Ending();

    [GeneratedRegex("[-_.]")]
    private static partial Regex Marks();
}
