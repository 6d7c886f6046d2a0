using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Text;

namespace AiStack.Ingest.Parsing;

/// <summary>HTML, by AngleSharp: the page's own words, without what surrounds them on every page of a site.</summary>
internal sealed partial class HtmlParser(ParsingOptions limits) : IDocumentParser
{
    /// <summary>Where HTML's standard looks for a declared encoding.</summary>
    private const int DeclarationBytes = 1_024;

    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var html = TextDecoder.DecodeMarkup(content, limits, DeclaredEncoding(content));
        using var document = ParseTree(html, limits, cancellationToken);
        var collector = new TextCollector(limits, "html 1");
        if (document.Title is { Length: > 0 } title && document.QuerySelector("h1") is null)
        {
            collector.Heading(1, title);
        }

        // A page that says which part is its own is believed.
        var root = document.QuerySelectorAll("main, [role=main]") is [var main] ? main : document.Body;
        new HtmlText(collector, cancellationToken).Add(root);
        return collector.ToDocument();
    }

    /// <summary>
    /// Parses HTML within the limits, counting while the tree is made: AngleSharp's time grows with the square of the
    /// depth, and a tag of three letters takes five hundred bytes.
    /// </summary>
    public static IHtmlDocument ParseTree(string html, ParsingOptions limits, CancellationToken cancellationToken)
    {
        var count = 0;
        INode? last = null;
        var options = new HtmlParserOptions { OnCreated = (element, _) => Created(element) };
        return new AngleSharp.Html.Parser.HtmlParser(options).ParseDocument(html);

        void Created(IElement element)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++count > limits.MaxElements)
            {
                throw ParsingLimit.TooManyElements("HTML", limits);
            }

            // The one before is in the tree by now.
            var depth = 0;
            for (var above = last; above is not null; above = above.Parent)
            {
                depth++;
            }

            last = depth <= limits.MaxDepth ? element : throw ParsingLimit.TooDeep("HTML", limits);
        }
    }

    private static Encoding? DeclaredEncoding(Stream content)
    {
        var head = new byte[DeclarationBytes];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        var declared = Declaration().Match(Encoding.Latin1.GetString(head, 0, length));
        return declared.Success && TextEncoding.IsSupported(declared.Groups["name"].Value)
            && TextEncoding.Resolve(declared.Groups["name"].Value) is var encoding and not UTF8Encoding
            ? encoding
            : null;
    }

    [GeneratedRegex("""<meta[^>]{0,200}charset\s*=\s*["']?(?<name>[\w-]{1,40})""", RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Declaration();
}
