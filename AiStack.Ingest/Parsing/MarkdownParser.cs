using System.Buffers;
using System.Globalization;
using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AiStack.Ingest.Parsing;

/// <summary>Markdown, by Markdig: what a reader of the rendered page would see.</summary>
internal sealed class MarkdownParser(ParsingOptions limits) : IDocumentParser
{
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseYamlFrontMatter().UseFootnotes().UseDefinitionLists().UseTaskLists()
        .Build();

    private static readonly SearchValues<char> _markCharacters = SearchValues.Create("\n|*_[`<>#&!\\");

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "markdown 1");
        var document = Read(TextDecoder.DecodeMarkup(content, limits));
        if (Title(document) is { } title && !document.OfType<HeadingBlock>().Any(heading => heading.Level == 1))
        {
            collector.Heading(1, title);
        }

        foreach (var block in document)
        {
            Add(block, collector, cancellationToken);
        }

        return collector.ToDocument();
    }

    private MarkdownDocument Read(string text)
    {
        // Every mark may become an object of some hundred bytes: a table of 16 million cells is 16 MB of text.
        if (Marks(text) > 2 * limits.MaxElements)
        {
            throw ParsingLimit.TooManyElements("Markdown", limits);
        }

        try
        {
            return Markdown.Parse(text, _pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig has a limit of its own, which cannot be set, and says so with this exception.
            throw ParsingLimit.Invalid("The Markdown is nested too deep: lists, quotes or brackets in one another.");
        }
    }

    private static int Marks(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (int at; (at = text.IndexOfAny(_markCharacters)) >= 0; count++)
        {
            text = text[(at + 1)..];
        }

        return count;
    }

    /// <summary>The title that the front matter gives: many sites' pages have no other.</summary>
    private static string? Title(MarkdownDocument document)
    {
        const string Key = "title:";
        var lines = document.OfType<YamlFrontMatterBlock>().FirstOrDefault()?.Lines.ToString().Split('\n') ?? [];
        var title = lines.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return title?[Key.Length..].Trim().Trim('"', '\'') is { Length: > 0 } text ? text : null;
    }

    private void Add(Block block, TextCollector collector, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (block)
        {
            case HeadingBlock heading:
                collector.Heading(heading.Level, Text(heading.Inline));
                break;
            case YamlFrontMatterBlock or LinkReferenceDefinition or HtmlBlock { Type: HtmlBlockType.Comment }:
                break; // What a reader does not see.
            case HtmlBlock html:
                using (var tree = HtmlParser.ParseTree(html.Lines.ToString(), limits, cancellationToken))
                {
                    new HtmlText(collector, cancellationToken).Add(tree.Body);
                }

                break;
            case ListBlock list:
                var lines = new StringBuilder();
                AddItems(list, indent: 0, lines);
                collector.Verbatim(lines.ToString());
                break;
            case Table:
                collector.Lines(Text(block));
                break;
            case CodeBlock:
                collector.Verbatim(Text(block));
                break;
            case LeafBlock:
                collector.Paragraph(Text(block));
                break;
            case ContainerBlock container:
                foreach (var child in container)
                {
                    Add(child, collector, cancellationToken);
                }

                break;
        }
    }

    /// <summary>Writes each item after its mark, and what else belongs to it indented below.</summary>
    private static void AddItems(ListBlock list, int indent, StringBuilder lines)
    {
        var number = int.TryParse(list.OrderedStart, CultureInfo.InvariantCulture, out var start) ? start : 1;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var mark = list.IsOrdered ? $"{number++}." : "-";
            foreach (var child in item)
            {
                if (child is ListBlock nested)
                {
                    AddItems(nested, indent + 1, lines);
                    continue;
                }

                foreach (var line in Text(child).Split('\n'))
                {
                    lines.Append(' ', indent * 2).Append(mark).Append(' ').Append(line).Append('\n');
                    mark = new string(' ', mark.Length);
                }
            }
        }
    }

    private static string Text(Block block) => block switch
    {
        Table table => string.Join('\n', table.OfType<TableRow>().Select(Row)),
        CodeBlock code => code.Lines.ToString(),
        HtmlBlock => "",
        LeafBlock leaf => Text(leaf.Inline),
        ContainerBlock container => string.Join('\n', container.Select(Text)),
        _ => "",
    };

    private static string Row(TableRow row) =>
        string.Join(" | ", row.OfType<TableCell>().Select(cell => string.Join(' ', cell.Select(Text))));

    private static string Text(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines?.Descendants() ?? [])
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                AutolinkInline link => link.Url,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                LineBreakInline => " ",
                HtmlInline { Tag: "<br>" or "<br/>" or "<br />" } => " ",
                _ => "",
            });
        }

        return text.ToString();
    }
}
