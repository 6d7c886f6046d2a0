using System.Globalization;
using System.Net;
using System.Text;
using CodeHollow.FeedReader;

namespace AiStack.Ingest.Connectors.Feed;

/// <summary>An entry of a feed as a page, so that it is read as pages are.</summary>
internal static class EntryPage
{
    public static byte[] Write(FeedItem entry)
    {
        var text = string.IsNullOrWhiteSpace(entry.Content) ? entry.Description : entry.Content;
        var title = WebUtility.HtmlEncode(entry.Title?.Trim() ?? "");
        var head = new StringBuilder("<!doctype html>\n<meta charset=\"utf-8\">\n");
        head.Append(CultureInfo.InvariantCulture, $"<title>{title}</title>\n");
        Meta(head, "author", entry.Author);
        Meta(head, "date", entry.PublishingDate?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        return Encoding.UTF8.GetBytes($"{head}<article>\n<h1>{title}</h1>\n{text}\n</article>\n");
    }

    private static void Meta(StringBuilder head, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            var text = WebUtility.HtmlEncode(value);
            head.Append(CultureInfo.InvariantCulture, $"<meta name=\"{name}\" content=\"{text}\">\n");
        }
    }
}
