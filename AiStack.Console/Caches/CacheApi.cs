using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Caches;

/// <summary>Kept answers as Serving has them.</summary>
internal sealed class CacheApi(GatewayClient gateway)
{
    private const string Path = "/api/cache";

    public Task<Outcome<CacheView>> GetAsync(CancellationToken cancellationToken) =>
        gateway.GetAsync<CacheView>(Path, cancellationToken);

    public Task<Outcome<CacheView>> SetAsync(int maxAgeSeconds, CancellationToken cancellationToken) =>
        gateway.PutAsync<CacheView>(Path, new { maxAgeSeconds }, cancellationToken);

    public Task<Outcome<CacheView>> EmptyAsync(CancellationToken cancellationToken) =>
        gateway.DeleteAsync<CacheView>(Path, cancellationToken);
}

/// <summary>How long answers are kept, how many are, and how often one was given again in the last day.</summary>
public sealed record CacheView(long MaxAgeSeconds, long Answers, long Hits, long Requests);
