using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AiStack.Ingest.Parsing;

/// <summary>Markdown, by Markdig: what a reader of the rendered page would see.</summary>
internal sealed class MarkdownParser(ParsingOptions limits) : IDocumentParser
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseYamlFrontMatter().UseFootnotes().UseDefinitionLists().UseTaskLists().Build();

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits);
        foreach (var block in Markdown.Parse(TextDecoder.Decode(content, limits), Pipeline))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(block, collector);
        }

        return collector.ToDocument();
    }

    private static void Add(Block block, TextCollector collector)
    {
        switch (block)
        {
            case HeadingBlock heading:
                collector.Heading(heading.Level, Text(heading.Inline));
                break;
            case Table table:
                collector.Lines(string.Join('\n', table.OfType<TableRow>().Select(Row)));
                break;
            case ListBlock list:
                collector.Lines(Items(list, indent: 0));
                break;
            case Markdig.Extensions.Yaml.YamlFrontMatterBlock or HtmlBlock or LinkReferenceDefinition:
                break; // What a reader does not see.
            case CodeBlock code:
                collector.Lines(code.Lines.ToString());
                break;
            case LeafBlock leaf:
                collector.Paragraph(Text(leaf.Inline));
                break;
            case ContainerBlock container:
                foreach (var child in container)
                {
                    Add(child, collector);
                }

                break;
        }
    }

    private static string Items(ListBlock list, int indent)
    {
        var lines = new StringBuilder();
        foreach (var child in list.OfType<ListItemBlock>().SelectMany(item => item))
        {
            if (child is ListBlock nested)
            {
                lines.Append(Items(nested, indent + 1)).Append('\n');
            }
            else if (child is LeafBlock leaf)
            {
                var text = leaf is CodeBlock code ? code.Lines.ToString() : Text(leaf.Inline);
                lines.Append("- ").Append(text).Append('\n');
            }
        }

        return lines.ToString();
    }

    private static string Row(TableRow row) => string.Join(
        " | ", row.OfType<TableCell>().Select(cell => string.Join(' ', cell.OfType<LeafBlock>().Select(leaf => Text(leaf.Inline)))));

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
                _ => "",
            });
        }

        return text.ToString();
    }
}
