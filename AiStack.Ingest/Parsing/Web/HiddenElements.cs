using System.Text.RegularExpressions;
using AngleSharp.Css;
using AngleSharp.Css.Dom;
using AngleSharp.Css.Parser;
using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing.Web;

/// <summary>
/// The elements of a page that its reader does not see: by an attribute, or by a rule of the page's own style sheets.
/// </summary>
internal sealed partial class HiddenElements
{
    private const int MaxStyleLength = 512 << 10;

    /// <summary>Each rule is matched with every element.</summary>
    private const long MaxMatches = 50_000_000;
    private const double MaxHiddenShare = 0.5;

    private readonly Dictionary<IElement, (Priority Priority, bool IsImportant)> _byRule = [];

    private HiddenElements()
    {
    }

    public static HiddenElements Of(IDocument document, CancellationToken cancellationToken)
    {
        var hidden = new HiddenElements();
        var rules = document.QuerySelectorAll("style").Select(style => style.TextContent)
            .Where(css => css.Length <= MaxStyleLength && MayHide().IsMatch(css))
            .SelectMany(css => Rules(new CssParser().ParseStyleSheet(css).Rules))
            .Where(rule => Hides(rule.Style) is not null)
            .ToList();
        if (rules.Count == 0 || (long)rules.Count * document.All.Length > MaxMatches)
        {
            return hidden;
        }

        foreach (var rule in rules)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hidden.Apply(rule, document);
        }

        if (hidden.IsUndoneElsewhere(document))
        {
            hidden._byRule.Clear();
        }

        return hidden;
    }

    public bool Contains(IElement element)
    {
        if (element.HasAttribute("hidden"))
        {
            return true;
        }

        var style = element.GetAttribute("style") ?? "";
        if (HidesInline().IsMatch(style))
        {
            return true;
        }

        return _byRule.TryGetValue(element, out var rule) && element.LocalName is not ("html" or "body" or "main")
            && (rule.IsImportant || !ShowsInline().IsMatch(style));
    }

    /// <summary>Whether a tag, as it is written, hides what follows it.</summary>
    public static bool IsHiddenTag(string tag) => HiddenAttribute().IsMatch(tag)
        || (StyleAttribute().Match(tag) is { Success: true } style && HidesInline().IsMatch(style.Groups["css"].Value));

    /// <summary>
    /// Pages hide their text until the style sheets that they name are there. What nobody would see of a page is not
    /// the most of its text.
    /// </summary>
    private bool IsUndoneElsewhere(IDocument document)
    {
        if (document.Body is not { } body || document.QuerySelector("link[rel~=stylesheet]") is null)
        {
            return false;
        }

        var hidden = _byRule.Keys.Where(element => !element.Ancestors<IElement>().Any(_byRule.ContainsKey))
            .Sum(PageText.Sentences);
        return hidden > MaxHiddenShare * PageText.Sentences(body);
    }

    private void Apply(ICssStyleRule rule, IDocument document)
    {
        if (rule.Selector is not { } selector)
        {
            return;
        }

        var isImportant = rule.Style.GetPropertyPriority("display") == "important";
        var hides = Hides(rule.Style) is true;
        IEnumerable<IElement> matched = hides
            ? document.All.Where(element => selector.Match(element))
            : _byRule.Keys.Where(element => selector.Match(element)).ToList();
        foreach (var element in matched)
        {
            var isWeaker = _byRule.TryGetValue(element, out var before)
                && (before.IsImportant && !isImportant
                    || (before.IsImportant == isImportant && before.Priority > selector.Specificity));
            if (hides && !isWeaker)
            {
                _byRule[element] = (selector.Specificity, isImportant);
            }
            else if (!hides && !isWeaker)
            {
                _byRule.Remove(element);
            }
        }
    }

    private static IEnumerable<ICssStyleRule> Rules(ICssRuleList rules)
    {
        foreach (var rule in rules)
        {
            if (rule is ICssStyleRule style)
            {
                yield return style;
            }
            else if (rule is ICssMediaRule media && media.Media.MediaText is "all" or "screen" or "")
            {
                foreach (var inner in Rules(((ICssMediaRule)rule).Rules))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>Null when the style says nothing about whether something is seen.</summary>
    private static bool? Hides(ICssStyleDeclaration style)
    {
        var (display, visibility) = (style.GetPropertyValue("display"), style.GetPropertyValue("visibility"));
        return display is "none" || visibility is "hidden" or "collapse" ? true
            : display.Length > 0 || visibility.Length > 0 ? false
            : null;
    }

    [GeneratedRegex(@"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)", RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex MayHide();

    [GeneratedRegex(@"(^|;)\s*(display|visibility)\s*:", RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex ShowsInline();

    [GeneratedRegex(@"\shidden(\s|=|>|/)", RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex HiddenAttribute();

    [GeneratedRegex("""\sstyle\s*=\s*(["'])(?<css>.*?)\1""", RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex StyleAttribute();

    [GeneratedRegex(
        @"(^|;)\s*(display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0(\.0+)?\s*(;|!|$)"
        + @"|font-size\s*:\s*0(px|pt|em|rem|%)?\s*(;|!|$))", RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex HidesInline();
}
