using Microsoft.Extensions.AI;
using Microsoft.Net.Http.Headers;

namespace AiStack.Serving.Caches;

/// <summary>
/// What a request says of kept answers, in its <c>Cache-Control</c> (RFC 9111, section 5.2.1): <c>no-store</c> neither
/// takes nor leaves one, <c>no-cache</c> takes none, <c>max-age</c> takes none that is older. What else there may be
/// says nothing here.
/// </summary>
internal sealed record CacheWish(TimeSpan? MaxAge, bool MayKeep)
{
    private const string Key = "aistack.cache_off";

    public static CacheWish Of(HttpContext context) =>
        CacheControlHeaderValue.TryParse(context.Request.Headers.CacheControl.ToString(), out var said)
            ? new(said.NoStore || said.NoCache ? TimeSpan.Zero : said.MaxAge, !said.NoStore)
            : new(null, MayKeep: true);

    /// <summary>Has an answer made anew: one of several that are to differ.</summary>
    public static void Refuse(ChatOptions options) => (options.AdditionalProperties ??= [])[Key] = true;

    public static bool IsRefused(ChatOptions options) => options.AdditionalProperties?.ContainsKey(Key) == true;
}
