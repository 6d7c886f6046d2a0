using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing;

/// <summary>Writes a tree of HTML as a reader would see it: paragraphs, lists, tables, headings.</summary>
internal sealed class HtmlText(TextCollector collector, CancellationToken cancellationToken)
{
    private static readonly HashSet<string> _skipped = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "svg",
        "iframe", "object", "head", "dialog", "canvas", "video", "audio", "math",
    };

    private static readonly HashSet<string> _blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "section", "article", "main", "header", "body", "html", "blockquote", "pre", "ul", "ol", "dl",
        "table", "figure", "figcaption", "details", "summary", "address", "fieldset", "hr", "center",
        "dt", "dd", "li", "tr", "tbody", "thead", "tfoot", "caption", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6",
    };

    /// <summary>The running text since the last block began or ended.</summary>
    private readonly StringBuilder _open = new();

    public void Add(INode? root)
    {
        Walk(root);
        Flush();
    }

    private void Walk(INode? node)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var child in node?.ChildNodes ?? Enumerable.Empty<INode>())
        {
            switch (child)
            {
                case IText text:
                    _open.Append(text.Data);
                    break;
                case IElement element when !IsSkipped(element):
                    Add(element);
                    break;
            }
        }
    }

    private void Add(IElement element)
    {
        if (!_blocks.Contains(element.LocalName))
        {
            _ = element.LocalName is "br" ? _open.Append(' ') : _open;
            Walk(element);
            return;
        }

        Flush();
        switch (element.LocalName)
        {
            case ['h', >= '1' and <= '6']:
                collector.Heading(element.LocalName[1] - '0', Inline(element));
                break;
            case "table" when !Holds(element, "table"):
                collector.Lines(string.Join('\n', element.QuerySelectorAll("tr, caption").Select(Row)));
                break;
            case "ul" or "ol" when !Holds(element, "table"):
                collector.Verbatim(Items(element, indent: 0));
                break;
            case "pre":
                collector.Verbatim(element.TextContent);
                break;
            default:
                Walk(element);
                Flush();
                break;
        }
    }

    private static bool Holds(IElement element, string name) => element.GetElementsByTagName(name).Length > 0;

    private string Items(IElement list, int indent)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lines = new StringBuilder();
        var number = int.TryParse(list.GetAttribute("start"), CultureInfo.InvariantCulture, out var start) ? start : 1;
        foreach (var item in list.Children.Where(child => !IsSkipped(child)))
        {
            var nested = item.LocalName is "ul" or "ol" ? [item] : NestedLists(item);
            if (Inline(item, but: nested) is { Length: > 0 } text)
            {
                var mark = list.LocalName is "ol" ? $"{number++}." : "-";
                lines.Append(' ', indent * 2).Append(mark).Append(' ').Append(text).Append('\n');
            }

            foreach (var inner in nested)
            {
                lines.Append(Items(inner, indent + 1));
            }
        }

        return lines.ToString();
    }

    private static List<IElement> NestedLists(IElement item) =>
        [.. item.Children.Where(child => child.LocalName is "ul" or "ol" && !IsSkipped(child))];

    private static string Row(IElement row) => row.LocalName is "caption"
        ? Inline(row)
        : string.Join(" | ", row.Children.Where(cell => cell.LocalName is "td" or "th").Select(cell => Inline(cell)));

    /// <summary>
    /// An element's words on one line. Blocks in it are apart: two paragraphs of a cell are not one word.
    /// </summary>
    private static string Inline(IElement element, IReadOnlyCollection<IElement>? but = null)
    {
        var text = new StringBuilder();
        Append(element, text, but ?? []);
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Append(INode node, StringBuilder text, IReadOnlyCollection<IElement> but)
    {
        foreach (var child in node.ChildNodes)
        {
            if (child is IText words)
            {
                text.Append(words.Data);
            }
            else if (child is IElement element && !IsSkipped(element) && !but.Contains(element))
            {
                var apart = _blocks.Contains(element.LocalName) || element.LocalName is "br" ? " " : "";
                text.Append(apart);
                Append(element, text, but);
                text.Append(apart);
            }
        }
    }

    private static bool IsSkipped(IElement element) =>
        _skipped.Contains(element.LocalName) || element.HasAttribute("hidden")
        || element.GetAttribute("aria-hidden") == "true"
        || element.GetAttribute("role") is "navigation" or "banner" or "contentinfo";

    private void Flush()
    {
        collector.Paragraph(_open.ToString());
        _open.Clear();
    }
}
