using System.Globalization;
using System.Xml.Linq;
using AiStack.Ingest.Parsing.Notation;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// Counts the items of lists and the headings of an outline: their numbers stand nowhere in the file, and people cite
/// them.
/// </summary>
internal sealed class OpenDocumentNumbers
{
    private const int MaxLevels = 10;

    /// <summary>The levels of each list style, and of the outline, which has no name.</summary>
    private readonly Dictionary<string, Dictionary<int, XElement>> _styles = new(StringComparer.Ordinal);

    /// <summary>How far lists counted that another may go on from: by their ids, and the last of each style.</summary>
    private readonly Dictionary<string, int[]> _lists = new(StringComparer.Ordinal);
    private readonly int[] _headings = new int[MaxLevels];

    public OpenDocumentNumbers(params ReadOnlySpan<XElement?> parts)
    {
        foreach (var style in parts.ToArray().OfType<XElement>().SelectMany(part => part.Descendants())
            .Where(element => element.Name.LocalName is "list-style" or "outline-style"))
        {
            var name = style.Name.LocalName == "list-style" ? Attribute(style, "name") ?? "" : "";
            _styles.TryAdd(name, style.Elements().GroupBy(level => Number(level, "level") ?? 0)
                .ToDictionary(group => group.Key, group => group.First()));
        }
    }

    /// <summary>The numbers of a list that begins: fresh, or as far as the list that it goes on from.</summary>
    public OpenDocumentList Begin(XElement list)
    {
        var style = Attribute(list, "style-name") ?? "";
        var before = Attribute(list, "continue-list") is { } other ? _lists.GetValueOrDefault($"#{other}")
            : Attribute(list, "continue-numbering") == "true" ? _lists.GetValueOrDefault(style)
            : null;
        var counts = before ?? new int[MaxLevels];
        _lists[style] = counts;
        _lists[$"#{Attribute(list, "id")}"] = counts;
        return new(this, style, counts);
    }

    /// <summary>A heading's number, and a space; nothing where the outline has none.</summary>
    public string OfHeading(XElement heading, int level)
    {
        if (Attribute(heading, "is-list-header") == "true" || Level("", level) is null)
        {
            return "";
        }

        Count(_headings, level, Number(heading, "start-value") ?? Start("", level));
        return Text("", _headings, level) is { Length: > 0 } number ? number + " " : "";
    }

    public string Next(string style, int[] counts, int level, XElement item)
    {
        level = Math.Min(level, MaxLevels - 1);
        if (Number(item, "start-value") is { } start)
        {
            counts[level] = 0;
            Count(counts, level, start);
        }
        else
        {
            Count(counts, level, Start(style, level));
        }

        return Text(style, counts, level) is { Length: > 0 } number ? number : "-";
    }

    private static void Count(int[] counts, int level, int start)
    {
        counts[level] = counts[level] == 0 ? start : counts[level] + 1;
        Array.Clear(counts, level + 1, counts.Length - level - 1);
    }

    private string Text(string style, int[] counts, int level)
    {
        if (Level(style, level) is not { } definition || Attribute(definition, "num-format") is not { Length: > 0 })
        {
            return "";
        }

        var shown = Math.Clamp(Number(definition, "display-levels") ?? 1, 1, level);
        var numbers = Enumerable.Range(level - shown + 1, shown)
            .Select(of => Write(Math.Max(counts[of], 1), Attribute(Level(style, of), "num-format")));
        return $"{Attribute(definition, "num-prefix")}{string.Join('.', numbers.Where(number => number.Length > 0))}"
            + Attribute(definition, "num-suffix");
    }

    private XElement? Level(string style, int level) => _styles.GetValueOrDefault(style)?.GetValueOrDefault(level);

    private int Start(string style, int level) => Number(Level(style, level), "start-value") ?? 1;

    private static string Write(int number, string? format) => format switch
    {
        null or "" => "",
        "a" => ListNumber.Letter(number),
        "A" => ListNumber.Letter(number).ToUpperInvariant(),
        "i" => ListNumber.Roman(number),
        "I" => ListNumber.Roman(number).ToUpperInvariant(),
        _ => ListNumber.Decimal(number),
    };

    private static string? Attribute(XElement? element, string name) =>
        element?.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name)?.Value;

    private static int? Number(XElement? element, string name) =>
        int.TryParse(Attribute(element, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Min(number, 1_000_000)
            : null;
}

/// <summary>The numbers of one list and of the lists in it, which are of its style where they name no other.</summary>
internal sealed record OpenDocumentList(OpenDocumentNumbers Numbers, string Style, int[] Counts)
{
    public string Next(int level, XElement item) => Numbers.Next(Style, Counts, level, item);

    public OpenDocumentList Inner(XElement list) =>
        list.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "style-name")?.Value is { } style
            ? this with { Style = style }
            : this;
}
