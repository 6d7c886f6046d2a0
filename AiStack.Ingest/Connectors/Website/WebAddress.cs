namespace AiStack.Ingest.Connectors.Website;

/// <summary>The one spelling of a page's address, by which it is known.</summary>
internal static class WebAddress
{
    /// <summary>Longer ones are made by programs that have no end.</summary>
    public const int MaxLength = 1_000;

    private const int MinSessionLength = 16;

    // Names in a query that say where a reader came from, not what is read.
    private static readonly HashSet<string> _tracking = new(StringComparer.OrdinalIgnoreCase)
    {
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
        "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_anon_id", "oly_enc_id",
    };

    private static readonly HashSet<string> _sessions = new(StringComparer.OrdinalIgnoreCase)
    {
        "phpsessid", "jsessionid", "sessionid", "session_id", "aspsessionid", "cfid", "cftoken",
    };

    /// <summary>
    /// A link as an address: without fragment, tracking and sessions, its query in order; null where it is no address
    /// of a page.
    /// </summary>
    public static Uri? Of(Uri page, string link)
    {
        if (!Uri.TryCreate(page, link.Trim(), out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.UserInfo.Length > 0 || address.Host.Length == 0)
        {
            return null;
        }

        var written = new UriBuilder(address.Scheme, address.IdnHost, address.Port, Path(address.AbsolutePath))
        {
            Query = Query(address.Query),
        };
        return Uri.TryCreate(written.ToString(), UriKind.Absolute, out var clean)
            && clean.AbsoluteUri.Length <= MaxLength ? clean : null;
    }

    /// <summary>A session may be in the path: <c>/a;jsessionid=1F</c>.</summary>
    private static string Path(string path)
    {
        var at = path.IndexOf(";jsessionid=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return path;
        }

        var end = path.IndexOf('/', at);
        return path[..at] + (end < 0 ? "" : path[end..]);
    }

    private static string Query(string query) => string.Join(
        '&',
        query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => !IsNoise(pair))
            .Order(StringComparer.Ordinal));

    private static bool IsNoise(string pair)
    {
        var (name, value) = pair.Split('=', 2) is [var left, var right] ? (left, right) : (pair, "");
        return name.StartsWith("utm_", StringComparison.OrdinalIgnoreCase)
            || _tracking.Contains(name) || _sessions.Contains(name)
            || (string.Equals(name, "sid", StringComparison.OrdinalIgnoreCase)
                && value.Length >= MinSessionLength && value.All(char.IsAsciiLetterOrDigit));
    }
}
