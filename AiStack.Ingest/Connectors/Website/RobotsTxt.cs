using System.Globalization;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>What a site's robots.txt asks of us, by RFC 9309 and the custom of <c>Crawl-delay</c>.</summary>
internal sealed class RobotsTxt
{
    /// <summary>How much of it is read, by the RFC.</summary>
    public const int MaxBytes = 500 << 10;

    private const int MaxSitemaps = 100;

    private readonly List<(PathPattern Path, bool IsAllowed)> _rules = [];
    private readonly List<string> _sitemaps = [];

    /// <summary>A site without one: everything is allowed.</summary>
    public static RobotsTxt None { get; } = new();

    public TimeSpan? CrawlDelay { get; private set; }

    /// <summary>Addresses of sitemaps, as they are written.</summary>
    public IReadOnlyList<string> Sitemaps => _sitemaps;

    /// <param name="product">Who we are: the first word of the user agent.</param>
    public static RobotsTxt Read(string text, string product)
    {
        var ours = new RobotsTxt();
        var everyones = new RobotsTxt();
        var hasOurs = false;
        var inNames = false;
        var forUs = false;
        var forAll = false;
        foreach (var (field, value) in Fields(text))
        {
            if (field == "sitemap")
            {
                ours.AddSitemap(value);
                everyones.AddSitemap(value);
                continue;
            }

            if (field == "user-agent")
            {
                // Names that follow one another share the rules that follow them.
                (forUs, forAll) = inNames ? (forUs, forAll) : (false, false);
                forUs |= IsUs(value, product);
                forAll |= value == "*";
                hasOurs |= forUs;
                inNames = true;
                continue;
            }

            inNames = false;
            if (forUs)
            {
                ours.Add(field, value);
            }

            if (forAll)
            {
                everyones.Add(field, value);
            }
        }

        return hasOurs ? ours : everyones;
    }

    /// <summary>Whether an address may be asked for: the longest rule that matches counts, and allowing wins.</summary>
    public bool Allows(Uri address)
    {
        var path = PathPattern.Normalize(address.PathAndQuery);
        var best = (Length: -1, IsAllowed: true);
        foreach (var (pattern, isAllowed) in _rules)
        {
            if ((pattern.Length > best.Length || (pattern.Length == best.Length && isAllowed)) && pattern.Matches(path))
            {
                best = (pattern.Length, isAllowed);
            }
        }

        return best.IsAllowed;
    }

    private static IEnumerable<(string Field, string Value)> Fields(string text)
    {
        foreach (var line in text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var said = line.Split('#', 2)[0].Trim('\uFEFF', ' ', '\t');
            if (said.Split(':', 2) is [var field, var value])
            {
                yield return (field.Trim().ToLowerInvariant(), value.Trim());
            }
        }
    }

    private static bool IsUs(string name, string product) =>
        string.Equals(name.Split(['/', ' '], 2)[0], product, StringComparison.OrdinalIgnoreCase);

    private void AddSitemap(string value)
    {
        if (_sitemaps.Count < MaxSitemaps)
        {
            _sitemaps.Add(value);
        }
    }

    private void Add(string field, string value)
    {
        if (field is "allow" or "disallow" && value.Length > 0)
        {
            _rules.Add((new(value), field == "allow"));
        }
        else if (field == "crawl-delay"
            && double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            CrawlDelay = TimeSpan.FromSeconds(Math.Min(seconds, WebsiteSettings.MaxDelaySeconds));
        }
    }
}
