using System.Text;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>The robots.txt of each site that a crawl comes to, asked for once.</summary>
internal sealed class Sites(PoliteClient client, string product)
{
    private const int MaxRedirects = 5;

    private readonly Dictionary<string, RobotsTxt?> _known = [];

    /// <summary>Why the last of those that could not be read was not.</summary>
    public string? Reason { get; private set; }

    public IEnumerable<(Uri Site, RobotsTxt Robots)> Known => _known
        .Where(site => site.Value is not null)
        .Select(site => (new Uri(site.Key), site.Value!));

    /// <summary>
    /// What a site asks of us; null when that cannot be known now, and so nothing may be asked for (RFC 9309, 2.3.1.4).
    /// </summary>
    public async Task<RobotsTxt?> OfAsync(Uri address, Discovery discovery, CancellationToken cancellationToken)
    {
        var site = address.GetLeftPart(UriPartial.Authority) + "/";
        if (_known.TryGetValue(site, out var known))
        {
            return known;
        }

        RobotsTxt? robots = null;
        try
        {
            robots = await ReadAsync(new(site + "robots.txt"), cancellationToken);
        }
        catch (IOException exception) when (exception is SourceException or SourceItemException)
        {
            Reason = $"The robots.txt of {site} cannot be read: {exception.Message}";
            discovery.Miss("", Reason); // It may be what leads to other sites.
        }

        if (robots?.CrawlDelay is { } delay)
        {
            client.SlowDown(delay);
        }

        return _known[site] = robots;
    }

    private async Task<RobotsTxt> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var response = await client.GetAsync(address, null, cancellationToken);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location
                && WebAddress.Of(address, location.OriginalString) is { } next)
            {
                address = next;
                continue;
            }

            return (int)response.StatusCode switch
            {
                >= 200 and < 300 => RobotsTxt.Read(await TextAsync(response, cancellationToken), product),
                429 or >= 500 => throw new SourceException(
                    $"{address.Authority} answers with the status {(int)response.StatusCode}."),
                _ => RobotsTxt.None,
            };
        }

        return RobotsTxt.None;
    }

    /// <summary>What is past the limit is not read; what is before it counts.</summary>
    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await SourceHttp.ReadAsync(response, long.MaxValue, cancellationToken);
        var bytes = new byte[RobotsTxt.MaxBytes];
        return Encoding.UTF8.GetString(bytes, 0, await body.ReadAtLeastAsync(
            bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken));
    }
}
