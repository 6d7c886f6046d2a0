using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace AiStack.Ingest.Parsing;

/// <summary>DOCX, by the Open XML SDK: paragraphs, headings by their style, lists and tables.</summary>
internal sealed class DocxParser(ParsingOptions limits) : IDocumentParser
{
    private const int BufferBytes = 64 << 10;

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        RefuseBomb(content, cancellationToken);
        using var document = WordprocessingDocument.Open(content, isEditable: false);
        var collector = new TextCollector(limits);
        var levels = HeadingLevels(document);
        foreach (var element in document.MainDocumentPart?.Document?.Body?.ChildElements ?? Enumerable.Empty<OpenXmlElement>())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(element, levels, collector);
        }

        return collector.ToDocument();
    }

    /// <summary>Unpacks every entry to nowhere, counting: what an archive says of its own size is not to be believed.</summary>
    private void RefuseBomb(Stream content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count > limits.MaxArchiveEntries)
            {
                throw Invalid($"The DOCX has {archive.Entries.Count} parts; the limit is {limits.MaxArchiveEntries}.");
            }

            var unpacked = 0L;
            foreach (var entry in archive.Entries)
            {
                using var stream = entry.Open();
                while (stream.Read(buffer) is var read and > 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    unpacked += read;
                    if (unpacked > limits.MaxUnpackedBytes)
                    {
                        throw Invalid($"The DOCX unpacks to more than {limits.MaxUnpackedBytes} bytes, which is the limit.");
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            content.Position = 0;
        }
    }

    private static void Add(OpenXmlElement element, IReadOnlyDictionary<string, int> levels, TextCollector collector)
    {
        switch (element)
        {
            case Paragraph paragraph when Level(paragraph, levels) is { } level:
                collector.Heading(level, Text(paragraph));
                break;
            case Paragraph { ParagraphProperties.NumberingProperties: not null } item:
                collector.Paragraph($"- {Text(item)}");
                break;
            case Paragraph paragraph:
                collector.Paragraph(Text(paragraph));
                break;
            case Table table:
                collector.Lines(string.Join('\n', table.Elements<TableRow>().Select(Row)));
                break;
            case SdtBlock block:
                foreach (var child in block.SdtContentBlock?.ChildElements ?? Enumerable.Empty<OpenXmlElement>())
                {
                    Add(child, levels, collector);
                }

                break;
        }
    }

    private static int? Level(Paragraph paragraph, IReadOnlyDictionary<string, int> levels)
    {
        var properties = paragraph.ParagraphProperties;
        if (properties?.OutlineLevel?.Val?.Value is { } outline and < 9)
        {
            return outline + 1;
        }

        return properties?.ParagraphStyleId?.Val?.Value is { } style && levels.TryGetValue(style, out var level) ? level : null;
    }

    /// <summary>Style ids are translated ("berschrift1"); a style's name, or its outline level, tells that it is a heading.</summary>
    private static Dictionary<string, int> HeadingLevels(WordprocessingDocument document)
    {
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var style in document.MainDocumentPart?.StyleDefinitionsPart?.Styles?.Elements<Style>() ?? [])
        {
            var name = style.StyleName?.Val?.Value ?? "";
            if (style.StyleId?.Value is not { } id)
            {
                continue;
            }

            if (name.Equals("title", StringComparison.OrdinalIgnoreCase))
            {
                levels[id] = 1;
            }
            else if (style.StyleParagraphProperties?.OutlineLevel?.Val?.Value is { } outline and < 9)
            {
                levels[id] = outline + 1;
            }
            else if (name.StartsWith("heading ", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(name["heading ".Length..], CultureInfo.InvariantCulture, out var level))
            {
                levels[id] = level;
            }
        }

        return levels;
    }

    private static string Row(TableRow row) =>
        string.Join(" | ", row.Elements<TableCell>().Select(cell => string.Join(' ', cell.Descendants<Paragraph>().Select(Text))));

    private static string Text(Paragraph paragraph)
    {
        var text = new StringBuilder();
        foreach (var element in paragraph.Descendants())
        {
            text.Append(element switch
            {
                Text run => run.Text,
                TabChar or Break or CarriageReturn => " ",
                NoBreakHyphen => "-",
                _ => "",
            });
        }

        return text.ToString();
    }

    private static UnreadableDocumentException Invalid(string message) => new(UnreadableDocumentException.Invalid, message);
}
