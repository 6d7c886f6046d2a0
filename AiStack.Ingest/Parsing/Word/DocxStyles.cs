using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace AiStack.Ingest.Parsing.Word;

/// <summary>
/// What the styles of a document say that its text is. A style is also what the style it is based on is.
/// </summary>
internal sealed class DocxStyles
{
    private const int MaxAncestors = 20;

    private readonly Dictionary<string, Style> _styles = new(StringComparer.Ordinal);

    private DocxStyles()
    {
    }

    public static DocxStyles Of(MainDocumentPart part)
    {
        var styles = new DocxStyles();
        foreach (var style in part.StyleDefinitionsPart?.Styles?.Elements<Style>() ?? [])
        {
            if (style.StyleId?.Value is { } id)
            {
                styles._styles[id] = style;
            }
        }

        return styles;
    }

    /// <summary>The level of a heading; null for other text.</summary>
    public int? Level(ParagraphProperties? properties)
    {
        if (properties?.OutlineLevel?.Val?.Value is { } outline)
        {
            return outline < 9 ? outline + 1 : null;
        }

        return Find(properties?.ParagraphStyleId?.Val?.Value, LevelOf) is { } level and < 10 ? level : null;
    }

    /// <summary>Whether a paragraph is a line of the table of contents.</summary>
    public bool IsContents(ParagraphProperties? properties) =>
        properties?.ParagraphStyleId?.Val?.Value is { } id && _styles.TryGetValue(id, out var style)
        && Name(style).StartsWith("toc ", StringComparison.OrdinalIgnoreCase);

    public bool IsHidden(RunProperties? run, ParagraphProperties? paragraph) =>
        Find(run?.Vanish, run?.RunStyle?.Val?.Value, paragraph, style => style.StyleRunProperties?.Vanish);

    /// <summary>Whether text is struck through: it stands there as no longer valid.</summary>
    public bool IsStruck(RunProperties? run, ParagraphProperties? paragraph)
    {
        var style = run?.RunStyle?.Val?.Value;
        return Find(run?.Strike, style, paragraph, of => of.StyleRunProperties?.Strike)
            || Find(run?.DoubleStrike, style, paragraph, of => of.StyleRunProperties?.DoubleStrike);
    }

    /// <summary>The list that a paragraph belongs to by its style, and its level there if that says it.</summary>
    public (int Id, int? Level)? Numbering(string? styleId) => Find(styleId, style =>
        style.StyleParagraphProperties?.NumberingProperties is { NumberingId.Val.Value: var id } numbering
            ? (id, numbering.NumberingLevelReference?.Val?.Value)
            : ((int, int?)?)null);

    /// <summary>The style itself and those that it is based on, nearest first.</summary>
    public IEnumerable<string> Ancestors(string? styleId)
    {
        for (var i = 0; i < MaxAncestors && styleId is not null && _styles.TryGetValue(styleId, out var style); i++)
        {
            yield return styleId;
            styleId = style.BasedOn?.Val?.Value;
        }
    }

    /// <summary>
    /// Style ids are translated ("berschrift1"); a style's name, or its outline level, tells what it is.
    /// </summary>
    private static int? LevelOf(Style style)
    {
        const string Heading = "heading ";
        var name = Name(style);
        if (name.Equals("title", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        if (style.StyleParagraphProperties?.OutlineLevel?.Val?.Value is { } outline)
        {
            return outline + 1; // 10 says: no heading, whatever the style below it is.
        }

        return name.StartsWith(Heading, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(name[Heading.Length..], CultureInfo.InvariantCulture, out var level) ? level : null;
    }

    private static string Name(Style style) => style.StyleName?.Val?.Value ?? "";

    private T? Find<T>(string? styleId, Func<Style, T?> property)
        where T : struct =>
        Ancestors(styleId).Select(id => property(_styles[id])).FirstOrDefault(value => value is not null);

    private bool Find(
        OnOffType? own, string? runStyle, ParagraphProperties? paragraph, Func<Style, OnOffType?> property) =>
        own is not null
            ? IsOn(own)
            : Find(runStyle, style => property(style) is { } value ? IsOn(value) : (bool?)null)
                ?? Find(paragraph?.ParagraphStyleId?.Val?.Value, style =>
                    property(style) is { } value ? IsOn(value) : (bool?)null)
                ?? false;

    private static bool IsOn(OnOffType value) => value.Val?.Value ?? true;
}
