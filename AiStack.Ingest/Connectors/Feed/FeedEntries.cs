using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using AiStack.Ingest.Connectors.Web;
using CodeHollow.FeedReader;

namespace AiStack.Ingest.Connectors.Feed;

/// <summary>Reads a feed as a whole, if it changed, and hands out its entries.</summary>
internal sealed class FeedEntries(SourceHttp http, FeedSettings settings) : IConnector
{
    private const int MaxRedirects = 5;
    private const int MaxId = 1_024;

    private byte[] _current = [];
    private SourceItem? _item;

    public static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0;

    public async IAsyncEnumerable<SourceItem> DiscoverAsync(
        Discovery discovery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await GetAsync(
            new(settings.Url), settings.RemoveMissing ? null : discovery.Cursor, cancellationToken);
        // A feed that did not change lists nothing: what an earlier run did not come to remove would stay.
        discovery.NextCursor = settings.RemoveMissing ? null : response.Headers.ETag?.ToString();
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            (discovery.ListsAll, discovery.NextCursor) = (false, discovery.Cursor);
            yield break;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new SourceException($"The feed's server answers with the status {(int)response.StatusCode}.");
        }

        discovery.ListsAll = settings.RemoveMissing;
        var seen = new HashSet<string>();
        foreach (var entry in (await ReadAsync(response, cancellationToken)).Take(settings.MaxEntries))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = Id(entry);
            if (seen.Add(id))
            {
                yield return Item(id, entry);
            }
        }
    }

    public async Task<Stream> FetchAsync(SourceItem item, CancellationToken cancellationToken)
    {
        if (_item != item)
        {
            throw new SourceItemException("Another entry has been read since.");
        }

        if (!settings.TakePages || item.Url is null)
        {
            return new MemoryStream(_current, writable: false);
        }

        HttpResponseMessage page;
        try
        {
            page = await GetAsync(item.Url, null, cancellationToken);
        }
        catch (SourceException exception)
        {
            throw new SourceItemException(exception.Message, exception); // The page's server is not the feed's.
        }

        return page.StatusCode == HttpStatusCode.OK
            ? await SourceHttp.ReadAsync(page, settings.MaxBytes, cancellationToken)
            : throw new SourceItemException($"The page's server answers with the status {(int)page.StatusCode}.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SourceItem Item(string id, FeedItem entry)
    {
        _current = EntryPage.Write(entry);
        Uri? link = null;
        if (Uri.TryCreate(new Uri(settings.Url), entry.Link, out var address) && IsAddress(address.AbsoluteUri))
        {
            link = address;
        }

        return _item = new(id, SourceNames.Of(entry.Title ?? "", ".html"))
        {
            Version = Convert.ToHexStringLower(SHA256.HashData(_current)),
            MediaType = "text/html",
            Url = link,
            ModifiedAt = entry.PublishingDate is { } at ? new(at.ToUniversalTime(), TimeSpan.Zero) : null,
        };
    }

    /// <summary>What the feed names it by, else its link, else what it says: a long one by its hash.</summary>
    private static string Id(FeedItem entry)
    {
        var id = new[] { entry.Id, entry.Link, entry.Title + entry.Description }.First(text =>
            !string.IsNullOrWhiteSpace(text) || text == entry.Title + entry.Description)!.Trim();
        return id.Length is > 0 and <= MaxId
            ? id
            : Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)));
    }

    private async Task<IEnumerable<FeedItem>> ReadAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var bytes = await SourceHttp.ReadWholeAsync(response, settings.MaxBytes, cancellationToken);
            return FeedText.Read(bytes);
        }
        catch (SourceItemException exception)
        {
            throw new SourceException($"The feed: {exception.Message}", exception);
        }
    }

    private async Task<HttpResponseMessage> GetAsync(
        Uri address, string? known, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("User-Agent", "AiStack/1.0");
            if (known is not null && EntityTagHeaderValue.TryParse(known, out var tag))
            {
                request.Headers.IfNoneMatch.Add(tag);
            }

            var response = await http.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)
                || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            if (!Uri.TryCreate(address, location, out var next) || !IsAddress(next.AbsoluteUri))
            {
                break;
            }

            address = next;
        }

        throw new SourceException($"{new Uri(settings.Url).Authority} leads on and on, or to what is no web address.");
    }
}
