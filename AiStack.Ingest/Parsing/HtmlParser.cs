using System.Text;
using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing;

/// <summary>HTML, by AngleSharp: the page's own words, without what surrounds them on every page of a site.</summary>
internal sealed class HtmlParser(ParsingOptions limits) : IDocumentParser
{
    private static readonly HashSet<string> Skipped = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "svg", "iframe",
        "object", "head", "dialog", "canvas", "video", "audio",
    };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "section", "article", "main", "header", "body", "html", "blockquote", "pre", "ul", "ol", "dl", "table",
        "figure", "figcaption", "details", "summary", "address", "fieldset", "hr", "center", "dt", "dd", "li", "tr",
    };

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var html = TextDecoder.Decode(content, limits);
        using var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(html);
        var collector = new TextCollector(limits);
        if (document.Title is { Length: > 0 } title && document.QuerySelector("h1") is null)
        {
            collector.Heading(1, title);
        }

        // A page that says which part is its own is believed.
        var root = document.QuerySelectorAll("main, [role=main]") is [var main] ? main : document.Body;
        var open = new StringBuilder();
        Walk(root, open, collector, depth: 0, cancellationToken);
        Flush(open, collector);
        return collector.ToDocument();
    }

    private void Walk(INode? node, StringBuilder open, TextCollector collector, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (depth > limits.MaxDepth)
        {
            throw new UnreadableDocumentException(
                UnreadableDocumentException.Invalid,
                $"The HTML is nested deeper than {limits.MaxDepth} elements, which is the limit.");
        }

        foreach (var child in node?.ChildNodes ?? Enumerable.Empty<INode>())
        {
            switch (child)
            {
                case IText text:
                    open.Append(text.Data);
                    break;
                case IElement element when !IsSkipped(element):
                    Add(element, open, collector, depth, cancellationToken);
                    break;
            }
        }
    }

    private void Add(IElement element, StringBuilder open, TextCollector collector, int depth, CancellationToken cancellationToken)
    {
        if (element.LocalName is ['h', >= '1' and <= '6'])
        {
            Flush(open, collector);
            collector.Heading(element.LocalName[1] - '0', element.TextContent);
        }
        else if (element.LocalName is "table" && element.QuerySelector("table") is null)
        {
            Flush(open, collector);
            collector.Lines(string.Join('\n', element.QuerySelectorAll("tr").Select(Row)));
        }
        else if (element.LocalName is "ul" or "ol" && element.QuerySelector("ul, ol, table") is null)
        {
            Flush(open, collector);
            collector.Lines(string.Join('\n', element.QuerySelectorAll("li").Select(item => $"- {OneLine(item.TextContent)}")));
        }
        else if (element.LocalName is "pre")
        {
            Flush(open, collector);
            collector.Lines(element.TextContent);
        }
        else if (element.LocalName is "br")
        {
            open.Append(' ');
        }
        else if (Blocks.Contains(element.LocalName))
        {
            Flush(open, collector);
            Walk(element, open, collector, depth + 1, cancellationToken);
            Flush(open, collector);
        }
        else
        {
            Walk(element, open, collector, depth + 1, cancellationToken);
        }
    }

    private static bool IsSkipped(IElement element) =>
        Skipped.Contains(element.LocalName) || element.HasAttribute("hidden")
        || element.GetAttribute("aria-hidden") == "true" || element.GetAttribute("role") is "navigation" or "banner" or "contentinfo";

    private static string Row(IElement row) =>
        string.Join(" | ", row.Children.Where(cell => cell.LocalName is "td" or "th").Select(cell => OneLine(cell.TextContent)));

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static void Flush(StringBuilder open, TextCollector collector)
    {
        collector.Paragraph(open.ToString());
        open.Clear();
    }
}
