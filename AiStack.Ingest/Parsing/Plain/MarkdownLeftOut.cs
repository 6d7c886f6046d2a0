using System.Text.RegularExpressions;
using AiStack.Ingest.Parsing.Web;
using Markdig.Syntax.Inlines;

namespace AiStack.Ingest.Parsing.Plain;

/// <summary>Follows the HTML tags in a line of Markdown between which text is hidden or struck through.</summary>
internal sealed partial class MarkdownLeftOut(ReportBuilder report)
{
    private string? _until;

    public bool Covers(Inline inline)
    {
        if (_until is { } name)
        {
            var isEnd = inline is HtmlInline end && end.Tag.StartsWith($"</{name}", StringComparison.OrdinalIgnoreCase);
            _until = isEnd ? null : name;
            return true;
        }

        if (inline is not HtmlInline { Tag: var tag } || OpenTag().Match(tag) is not { Success: true } open)
        {
            return false;
        }

        var isStruck = open.Groups["name"].Value.ToLowerInvariant() is "del" or "s" or "strike";
        if (!isStruck && !HiddenElements.IsHiddenTag(tag))
        {
            return false;
        }

        _until = open.Groups["name"].Value;
        report.Note(
            isStruck ? "deleted_text" : "hidden_text",
            isStruck
                ? "Text that is struck through, as no longer valid, was left out."
                : "Text that the page hides from its reader was left out.",
            $"line {inline.Line + 1}");
        return true;
    }

    [GeneratedRegex(@"^<(?<name>[A-Za-z][\w-]{0,40})(\s[^>]*)?(?<!/)>$", RegexOptions.None, 1_000)]
    private static partial Regex OpenTag();
}
