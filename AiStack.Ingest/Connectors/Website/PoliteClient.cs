using System.Net.Http.Headers;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>Asks one site, one request after the other, no faster than it likes.</summary>
internal sealed class PoliteClient(SourceHttp http, WebsiteSettings settings, TimeProvider time)
{
    /// <summary>A site that asks for more is left alone until the next run.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    private const int MaxTries = 3;

    private TimeSpan _delay = TimeSpan.FromSeconds(settings.DelaySeconds);
    private long? _last;

    /// <summary>Waits at least so long between requests.</summary>
    public void SlowDown(TimeSpan delay) => _delay = delay > _delay ? delay : _delay;

    /// <summary>Asks for an address, with what is known of it; it waits when the site says so.</summary>
    /// <exception cref="SourceException">There is no answer.</exception>
    public async Task<HttpResponseMessage> GetAsync(
        Uri address, PageNotes? known, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await WaitAsync(cancellationToken);
            using var request = Request(address, known);
            HttpResponseMessage response;
            try
            {
                response = await http.SendAsync(request, cancellationToken);
            }
            finally
            {
                _last = time.GetTimestamp();
            }

            if (tries == MaxTries || AsksToWait(response) is not { } wait || wait > MaxWait)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, cancellationToken);
        }
    }

    public TimeSpan? AsksToWait(HttpResponseMessage response) => SourceHttp.RetryAfter(response, time);

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && _delay - time.GetElapsedTime(last) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken);
        }
    }

    private HttpRequestMessage Request(Uri address, PageNotes? known)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", settings.UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", "text/html, application/xhtml+xml, */*;q=0.8");
        request.Headers.IfModifiedSince = known?.LastModified;
        if (known?.ETag is { } tag && EntityTagHeaderValue.TryParse(tag, out var parsed))
        {
            request.Headers.IfNoneMatch.Add(parsed);
        }

        return request;
    }
}
