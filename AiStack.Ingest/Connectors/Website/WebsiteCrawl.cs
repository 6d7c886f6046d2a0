using System.Runtime.CompilerServices;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>One walk over a website, breadth first, one request after the other.</summary>
internal sealed class WebsiteCrawl : IConnector
{
    private readonly WebsiteSettings _settings;
    private readonly TimeProvider _time;
    private readonly PoliteClient _client;
    private readonly Frontier _frontier;
    private readonly Sites _sites;
    private readonly PageVisits _visits;
    private readonly long _started;

    public WebsiteCrawl(SourceHttp http, WebsiteSettings settings, TimeProvider time)
    {
        (_settings, _time, _started) = (settings, time, time.GetTimestamp());
        _client = new(http, settings, time);
        _frontier = new(settings);
        _sites = new(_client, settings.Product());
        _visits = new(_client, _frontier, _sites, settings);
    }

    public async IAsyncEnumerable<SourceItem> DiscoverAsync(
        Discovery discovery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? reason = null;
        var found = false;
        foreach (var start in Starts())
        {
            var visited = await _visits.GoAsync(new(start, Depth: 0, IsStart: true), discovery, cancellationToken);
            found |= visited.IsFound;
            reason ??= visited.IsFound ? null : $"{start.AbsoluteUri}: {visited.Reason}";
            if (visited.Item is { } item)
            {
                yield return item;
            }
        }

        if (!found)
        {
            throw new SourceException($"No start address can be read. {reason}");
        }

        if (_settings.UseSitemaps)
        {
            await new Sitemaps(_client, _frontier, discovery).AddAsync(_sites, cancellationToken);
        }

        while (_frontier.TryNext(out var next))
        {
            if (Ended() is { } why)
            {
                // What was not come to is not gone.
                discovery.Miss("", why);
                yield break;
            }

            var visited = await _visits.GoAsync(next, discovery, cancellationToken);
            if (visited.Item is { } item)
            {
                yield return item;
            }
        }

        if (_visits.ComeBack is { } asked)
        {
            discovery.Miss("", asked); // The last page said it.
        }
    }

    public Task<Stream> FetchAsync(SourceItem item, CancellationToken cancellationToken) =>
        _visits.OpenAsync(item, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _visits.Dispose();
        return ValueTask.CompletedTask;
    }

    private List<Uri> Starts()
    {
        var starts = _settings.StartUrls
            .Select(address => WebAddress.Of(new(address), address)!)
            .DistinctBy(address => address.AbsoluteUri)
            .ToList();
        starts.ForEach(_frontier.AddHost);
        return starts.FindAll(_frontier.Claim);
    }

    private string? Ended() =>
        _visits.ComeBack is { } asked ? asked
        : _time.GetElapsedTime(_started) > TimeSpan.FromMinutes(_settings.MaxMinutes)
            ? $"The run ended after {_settings.MaxMinutes} minutes, which is 'max_minutes'."
        : _visits.BytesRead > _settings.MaxBytes
            ? $"The run ended after {_settings.MaxBytes:N0} bytes, which is 'max_bytes'."
        : null;
}
