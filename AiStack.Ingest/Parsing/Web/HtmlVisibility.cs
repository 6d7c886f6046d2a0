using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing.Web;

/// <summary>
/// Tells what of a page is read: not what only surrounds its text, and not what its reader does not see. What is left
/// out for the second reason is counted in the report.
/// </summary>
internal sealed class HtmlVisibility(ReportBuilder report, HiddenElements hidden, PageFrame frame)
{
    private static readonly HashSet<string> _skipped = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "noscript", "template", "nav", "button", "svg", "iframe", "object", "head", "canvas",
        "video", "audio", "datalist",
    };

    private readonly HashSet<IElement> _noted = [];

    public bool Shows(IElement element)
    {
        if (_skipped.Contains(element.LocalName) || IsFrame(element))
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

    private bool IsFrame(IElement element)
    {
        if (!frame.Contains(element))
        {
            return false;
        }

        Note(element, PageFrame.Code, PageFrame.Message);
        return true;
    }

    private void Note(IElement element, string code, string message)
    {
        if (!string.IsNullOrWhiteSpace(element.TextContent) && _noted.Add(element))
        {
            report.Note(code, message);
        }
    }
}
