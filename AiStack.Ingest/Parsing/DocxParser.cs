using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace AiStack.Ingest.Parsing;

/// <summary>
/// DOCX, by the Open XML SDK: paragraphs, headings by their style, lists, tables, and notes at the end.
/// </summary>
internal sealed class DocxParser(ParsingOptions limits) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        new DocxPackage(limits, cancellationToken).Check(content);
        using var document = WordprocessingDocument.Open(content, isEditable: false);
        var part = document.MainDocumentPart;
        var text = new DocxText(new(limits, "docx 1"), DocxStyles.Of(part), cancellationToken);
        text.AddAll(part?.Document?.Body);

        // The first notes are the lines that part notes from text: they have a type, and others have none.
        var footnotes = part?.FootnotesPart?.Footnotes?.Elements<Footnote>() ?? [];
        foreach (var note in footnotes.Where(note => note.Type is null))
        {
            text.AddAll(note);
        }

        var endnotes = part?.EndnotesPart?.Endnotes?.Elements<Endnote>() ?? [];
        foreach (var note in endnotes.Where(note => note.Type is null))
        {
            text.AddAll(note);
        }

        return text.ToDocument();
    }
}

/// <summary>What the styles of a document say that its text is.</summary>
/// <param name="Levels">Headings, by the id of their style.</param>
/// <param name="Contents">The styles of the table of contents.</param>
internal sealed record DocxStyles(IReadOnlyDictionary<string, int> Levels, IReadOnlySet<string> Contents)
{
    /// <summary>
    /// Style ids are translated ("berschrift1"); a style's name, or its outline level, tells what it is.
    /// </summary>
    public static DocxStyles Of(MainDocumentPart? part)
    {
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        var contents = new HashSet<string>(StringComparer.Ordinal);
        foreach (var style in part?.StyleDefinitionsPart?.Styles?.Elements<Style>() ?? [])
        {
            if (style.StyleId?.Value is not { } id)
            {
                continue;
            }

            var name = style.StyleName?.Val?.Value ?? "";
            if (name.StartsWith("toc ", StringComparison.OrdinalIgnoreCase))
            {
                contents.Add(id);
            }
            else if (Level(style, name) is { } level)
            {
                levels[id] = level;
            }
        }

        return new(levels, contents);
    }

    private static int? Level(Style style, string name)
    {
        const string Heading = "heading ";
        if (name.Equals("title", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        if (style.StyleParagraphProperties?.OutlineLevel?.Val?.Value is { } outline and < 9)
        {
            return outline + 1;
        }

        return name.StartsWith(Heading, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(name[Heading.Length..], CultureInfo.InvariantCulture, out var level) ? level : null;
    }
}

/// <summary>Writes the elements of a document as its reader would see them.</summary>
internal sealed class DocxText(TextCollector collector, DocxStyles styles, CancellationToken cancellationToken)
{
    /// <summary>The lines of the list that the last paragraphs belong to.</summary>
    private readonly StringBuilder _list = new();

    public ParsedDocument ToDocument() => collector.ToDocument();

    public void AddAll(OpenXmlElement? parent)
    {
        foreach (var element in parent?.ChildElements ?? Enumerable.Empty<OpenXmlElement>())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(element);
        }

        EndList();
    }

    private void Add(OpenXmlElement element)
    {
        if (element is Paragraph { ParagraphProperties: var properties } paragraph && Level(properties) is null
            && properties?.NumberingProperties is { } numbering)
        {
            var indent = Math.Clamp(numbering.NumberingLevelReference?.Val?.Value ?? 0, 0, 8) * 2;
            _list.Append(' ', indent).Append("- ").Append(Text(paragraph)).Append('\n');
            return;
        }

        EndList();
        switch (element)
        {
            case Paragraph heading when Level(heading.ParagraphProperties) is { } level:
                collector.Heading(level, Text(heading));
                break;
            case Paragraph { ParagraphProperties.ParagraphStyleId.Val.Value: { } style }
                when styles.Contents.Contains(style):
                break; // Its lines are the headings over again.
            case Paragraph other:
                collector.Paragraph(Text(other));
                break;
            case Table table:
                collector.Lines(string.Join('\n', table.Elements<TableRow>().Select(Row)));
                break;
            case SdtBlock block:
                AddAll(block.SdtContentBlock);
                break;
            case CustomXmlBlock block:
                AddAll(block);
                break;
        }
    }

    private void EndList()
    {
        collector.Verbatim(_list.ToString());
        _list.Clear();
    }

    private int? Level(ParagraphProperties? properties)
    {
        if (properties?.OutlineLevel?.Val?.Value is { } outline and < 9)
        {
            return outline + 1;
        }

        return properties?.ParagraphStyleId?.Val?.Value is { } style && styles.Levels.TryGetValue(style, out var level)
            ? level
            : null;
    }

    private static string Row(TableRow row) => string.Join(
        " | ",
        row.Elements<TableCell>().Select(cell => string.Join(' ', cell.Descendants<Paragraph>().Select(Text))));

    private static string Text(Paragraph paragraph)
    {
        var text = new StringBuilder();
        Append(paragraph, text);
        return text.ToString();
    }

    private static void Append(OpenXmlElement parent, StringBuilder text)
    {
        foreach (var element in parent.ChildElements)
        {
            switch (element)
            {
                case Text run:
                    text.Append(run.Text);
                    break;
                case TabChar or Break or CarriageReturn:
                    text.Append(' ');
                    break;
                case NoBreakHyphen:
                    text.Append('-');
                    break;
                case MoveFromRun or DeletedRun or AlternateContentFallback:
                    break; // What is gone, and what Word shows only when it cannot show the other.
                case Paragraph inner: // In a text box.
                    text.Append(' ');
                    Append(inner, text);
                    text.Append(' ');
                    break;
                default:
                    Append(element, text);
                    break;
            }
        }
    }
}
