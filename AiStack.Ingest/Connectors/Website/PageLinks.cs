using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>What a page says to those who crawl it.</summary>
/// <param name="Links">Addresses that it leads to and lets be followed, each once.</param>
/// <param name="Canonical">The address that it wants to be known by; null where it names none.</param>
/// <param name="IsIndexed">False when it does not want to be found.</param>
/// <param name="IsRead">False when it is too much to read: where it leads is then not known.</param>
internal sealed record PageLinks(IReadOnlyList<Uri> Links, Uri? Canonical, bool IsIndexed, bool IsRead = true)
{
    /// <summary>As many are followed; a page of more is made by a program.</summary>
    private const int MaxLinks = 5_000;

    private const int MaxElements = 200_000;
    private const int MaxDepth = 256;

    private const string Leading =
        "a[href], area[href], frame[src], iframe[src], link[rel~=next][href], link[rel~=prev][href]";

    private static readonly char[] _between = [',', ' ', ';'];

    /// <param name="headers">What <c>X-Robots-Tag</c> says.</param>
    /// <param name="product">The name by which pages know us.</param>
    public static PageLinks Read(
        Stream html, Uri page, IEnumerable<string> headers, string product, CancellationToken cancellationToken)
    {
        using var document = Parse(html, cancellationToken);
        if (document is null)
        {
            return new([], null, IsIndexed: true, IsRead: false);
        }

        var words = document.QuerySelectorAll("meta[name][content]")
            .Where(meta => Names(meta.GetAttribute("name")!, product))
            .Select(meta => meta.GetAttribute("content")!)
            .Concat(headers.Select(header => OfHeader(header, product)))
            .SelectMany(said => said.ToLowerInvariant().Split(_between, StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet();
        var place = document.QuerySelector("base[href]")?.GetAttribute("href") is { } written
            && Uri.TryCreate(page, written, out var based) ? based : page;
        var follows = !words.Contains("nofollow") && !words.Contains("none");
        var canonical = document.QuerySelector("link[rel~=canonical][href]")?.GetAttribute("href");
        return new(
            follows ? Follow(document, place) : [],
            canonical is null ? null : WebAddress.Of(place, canonical),
            !words.Contains("noindex") && !words.Contains("none"));
    }

    private static List<Uri> Follow(IHtmlDocument document, Uri place) =>
    [
        .. document.QuerySelectorAll(Leading)
            .Where(element => !(element.GetAttribute("rel") ?? "").Split(' ').Contains("nofollow"))
            .Select(element => element.GetAttribute("href") ?? element.GetAttribute("src")!)
            .Concat(document.QuerySelectorAll("meta[http-equiv=refresh i][content*='=']")
                .Select(meta => meta.GetAttribute("content")!.Split('=', 2)[1].Trim(' ', '\'', '"')))
            .Select(link => WebAddress.Of(place, link))
            .OfType<Uri>()
            .DistinctBy(link => link.AbsoluteUri)
            .Take(MaxLinks),
    ];

    private static bool Names(string name, string product) =>
        string.Equals(name, "robots", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, product, StringComparison.OrdinalIgnoreCase);

    /// <summary>A header may name whom it is for: <c>otherbot: noindex</c>.</summary>
    private static string OfHeader(string header, string product) => header.Split(':', 2) is [var name, var said]
        ? (string.Equals(name.Trim(), product, StringComparison.OrdinalIgnoreCase) ? said : "")
        : header;

    /// <summary>
    /// Null for a page that is too deep or has too many elements: AngleSharp's time grows with the square of the depth.
    /// </summary>
    private static IHtmlDocument? Parse(Stream html, CancellationToken cancellationToken)
    {
        var count = 0;
        INode? last = null;
        var options = new HtmlParserOptions { OnCreated = (element, _) => Created(element) };
        try
        {
            return new HtmlParser(options).ParseDocument(html);
        }
        catch (TooMuchException)
        {
            return null;
        }

        void Created(IElement element)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var depth = 0;
            for (var above = last; above is not null; above = above.Parent)
            {
                depth++;
            }

            last = depth <= MaxDepth && ++count <= MaxElements ? element : throw new TooMuchException();
        }
    }

    private sealed class TooMuchException : Exception;
}
