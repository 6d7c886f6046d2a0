using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing.Web;

/// <summary>
/// Tells what of a page is read: not what only surrounds its text, and not what its reader does not see. What is left
/// out for the second reason is counted in the report.
/// </summary>
internal sealed partial class HtmlVisibility(ReportBuilder report, HiddenElements hidden)
{
    /// <summary>An aside that is links for the most part leads elsewhere; another belongs to the text.</summary>
    private const double MaxLinkShare = 0.5;

    private static readonly HashSet<string> _skipped = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "noscript", "template", "nav", "button", "svg", "iframe", "object", "head", "canvas",
        "video", "audio", "datalist",
    };

    private readonly HashSet<IElement> _noted = [];

    public bool Shows(IElement element)
    {
        if (_skipped.Contains(element.LocalName) || IsSurrounding(element))
        {
            return false;
        }

        if (hidden.Contains(element) || element.GetAttribute("aria-hidden") == "true"
            || (element.LocalName == "dialog" && !element.HasAttribute("open")))
        {
            Note(element, "hidden_text", "Text that the page hides from its reader was left out.");
            return false;
        }

        if (element.LocalName is "del" or "s" or "strike")
        {
            Note(element, "deleted_text", "Text that is struck through, as no longer valid, was left out.");
            return false;
        }

        return true;
    }

    private void Note(IElement element, string code, string message)
    {
        if (!string.IsNullOrWhiteSpace(element.TextContent) && _noted.Add(element))
        {
            report.Note(code, message);
        }
    }

    private static bool IsSurrounding(IElement element) =>
        element.GetAttribute("role") is "navigation" or "banner" or "contentinfo" or "search"
        || element.LocalName switch
        {
            "aside" => !Warning().IsMatch($"{element.ClassName} {element.GetAttribute("role")}") && IsOfLinks(element),
            "footer" => element.Closest("article, main, blockquote, section, figure, td") is null || IsOfLinks(element),
            _ => false,
        };

    private static bool IsOfLinks(IElement element)
    {
        var links = element.QuerySelectorAll("a[href]").Sum(link => link.TextContent.Trim().Length);
        return links > MaxLinkShare * element.TextContent.Trim().Length;
    }

    [GeneratedRegex("warn|caution|danger|note|tip|info|hint|important|admonition|callout|alert",
        RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Warning();
}
