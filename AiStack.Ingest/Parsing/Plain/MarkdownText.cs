using System.Globalization;
using System.Text;
using AiStack.Ingest.Parsing.Web;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AiStack.Ingest.Parsing.Plain;

/// <summary>Writes the blocks of a Markdown page as a reader of the rendered page would see them.</summary>
internal sealed class MarkdownText(
    TextCollector collector, ParsingOptions limits, CancellationToken cancellationToken)
{
    public void Add(Block block)
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
                HtmlParser.WriteFragment(html.Lines.ToString(), collector, limits, cancellationToken);
                break;
            case ListBlock list:
                var lines = new StringBuilder();
                AddItems(list, indent: 0, lines);
                collector.Verbatim(lines.ToString());
                break;
            case Table table:
                collector.Table(TextOf(table));
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
                    Add(child);
                }

                break;
        }
    }

    /// <summary>Writes each item after its mark, and what else belongs to it indented below.</summary>
    private void AddItems(ListBlock list, int indent, StringBuilder lines)
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

    private string Text(Block block) => block switch
    {
        Table table => Counted(TextOf(table)),
        CodeBlock code => code.Lines.ToString(),
        HtmlBlock { Type: HtmlBlockType.Comment } => "",
        HtmlBlock html => Html(html),
        LeafBlock leaf => Text(leaf.Inline),
        ContainerBlock container => string.Join('\n', container.Select(Text)),
        _ => "",
    };

    private string Counted(TableText table)
    {
        collector.Report.Tables++;
        return table.ToString();
    }

    private string Html(HtmlBlock html)
    {
        var inner = new TextCollector(limits, "");
        HtmlParser.WriteFragment(html.Lines.ToString(), inner, limits, cancellationToken);
        collector.Report.Include(inner.Report.Build(), $"line {html.Line + 1}");
        return inner.Text.Replace("\n\n", "\n", StringComparison.Ordinal);
    }

    private TableText TextOf(Table table)
    {
        var rows = table.OfType<TableRow>().ToList();
        return new(
            [.. rows.Select(row => (IReadOnlyList<string>)[.. row.OfType<TableCell>().Select(Cell)])],
            rows is [{ IsHeader: true }, ..]);
    }

    private string Cell(TableCell cell) => string.Join(' ', cell.Select(Text));

    private string Text(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        var tick = "";
        Append(inlines, text, ref tick);
        return text.Append(tick).ToString();
    }

    private void Append(ContainerInline? inlines, StringBuilder text, ref string tick)
    {
        var leftOut = new MarkdownLeftOut(collector.Report);
        foreach (var inline in inlines ?? Enumerable.Empty<Inline>())
        {
            switch (inline)
            {
                case var _ when leftOut.Covers(inline):
                    break;
                case EmphasisInline { DelimiterChar: '~' }:
                    collector.Report.Note(
                        "deleted_text", "Text that is struck through, as no longer valid, was left out.",
                        $"line {inline.Line + 1}");
                    break;
                case TaskList task:
                    text.Append(task.Checked ? "[x] " : "[ ] ");
                    tick = task.Checked ? " (done)" : " (open)";
                    break;
                case LinkInline link:
                    collector.Report.Pictures += link.IsImage ? 1 : 0;
                    Append(link, text, ref tick);
                    break;
                case ContainerInline container:
                    Append(container, text, ref tick);
                    break;
                default:
                    text.Append(Text(inline));
                    break;
            }
        }
    }

    private static string Text(Inline inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        AutolinkInline link => link.Url,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        LineBreakInline => " ",
        HtmlInline { Tag: "<br>" or "<br/>" or "<br />" } => " ",
        _ => "",
    };
}
