using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing.Web;

/// <summary>
/// Tells what only surrounds the text of a page, as it does on every page of its site: by its role, by its name where
/// it is links for the most part, and by its links where it is a list of nothing else.
/// </summary>
/// <param name="isPage">
/// Whether this is a page with text of its own. In a mail or an index lists of links are text.
/// </param>
internal sealed partial class PageFrame(bool isPage)
{
    public const string Code = "page_frame";
    public const string Message = "What surrounds the text of the page, such as navigation and links, was left out.";

    /// <summary>What is links for the most part leads elsewhere.</summary>
    private const double MaxLinkShare = 0.5;

    /// <summary>A list may name its links before them.</summary>
    private const double MaxLinkShareOfList = 0.75;
    private const int MinLinks = 3;

    private const int MaxSentences = 300;

    /// <summary>A notice, or a form to write to the site, is shorter: a page about cookies is no notice.</summary>
    private const int MaxNoticeLength = 3_000;

    public bool Contains(IElement element) =>
        element.GetAttribute("role") is "navigation" or "banner" or "contentinfo" or "search"
        || element.LocalName switch
        {
            "aside" => !Warning().IsMatch($"{element.ClassName} {element.GetAttribute("role")}") && IsOfLinks(element),
            "footer" => element.Closest("article, main, blockquote, section, figure, td") is null || IsOfLinks(element),
            "header" => isPage && element.Closest("article, main") is null && IsOfLinks(element),
            "ul" or "ol" => isPage && (IsListOfLinks(element) || IsNamed(element)),
            "div" or "section" or "form" or "table" or "dl" => isPage && IsNamed(element),
            _ => false,
        };

    private static bool IsNamed(IElement element)
    {
        var name = $"{element.ClassName} {element.Id}";
        return (Surrounding().IsMatch(name) && IsOfLinks(element) && !HoldsText(element))
            || (Notice().IsMatch(name) && element.TextContent.Length < MaxNoticeLength && !HoldsTitle(element));
    }

    /// <summary>A layout may be named by the sidebar beside the text that it holds.</summary>
    private static bool HoldsText(IElement element) =>
        HoldsTitle(element) || PageText.Sentences(element) >= MaxSentences;

    private static bool HoldsTitle(IElement element) => element.QuerySelector("h1, main, article") is not null;

    /// <summary>A list among paragraphs is of their text.</summary>
    private static bool IsListOfLinks(IElement list) =>
        list.Closest("article, main, [role=main]") is null
        && list.ParentElement?.Children.Any(beside => beside.LocalName == "p" && PageText.Sentences(beside) > 0) != true
        && LengthOfLinks(list) is (>= MinLinks, var length) && length > MaxLinkShareOfList * LengthOf(list);

    private static bool IsOfLinks(IElement element) =>
        LengthOfLinks(element).Length > MaxLinkShare * LengthOf(element);

    private static (int Count, int Length) LengthOfLinks(IElement element) => element.QuerySelectorAll("a[href]")
        .Aggregate((Count: 0, Length: 0), (sum, link) => (sum.Count + 1, sum.Length + LengthOf(link)));

    /// <summary>White space between tags is no text.</summary>
    private static int LengthOf(IElement element) => element.TextContent.Count(c => !char.IsWhiteSpace(c));

    [GeneratedRegex("warn|caution|danger|note|tip|info|hint|important|admonition|callout|alert",
        RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Warning();

    [GeneratedRegex(
        @"(?<![a-z])(nav|navbar|navigation|navi|menu|submenu|breadcrumbs?|sidebar|share|sharing|sharedaddy|social"
        + @"|related(posts)?|teasers?|recommend(ed|ations)|pagination|pager|footer|header|topbar|toolbar|widgets?|tags"
        + @"|tagcloud|archive|blogroll|links|language)(?![a-z])", RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Surrounding();

    [GeneratedRegex(
        @"(?<![a-z])(cookies?|consent|gdpr|dsgvo|newsletter|subscribe|paywall|adblock|respond|comment-?form)(?![a-z])",
        RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Notice();
}
