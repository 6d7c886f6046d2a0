using AiStack.Contracts;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.Website;

/// <summary>Pages of a website, and documents that they lead to.</summary>
internal sealed class WebsiteKind(SourceHttp http, TimeProvider time) : ConnectorKind<WebsiteSettings>
{
    private const int MaxPattern = 200;

    public override string Name => "website";

    public override string Summary => "Pages of a website, found by links and sitemaps, and documents linked there.";

    protected override Fault? Check(WebsiteSettings settings, IReadOnlyDictionary<string, string> secrets)
    {
        foreach (var address in settings.StartUrls)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var start) || WebAddress.Of(start, address) is null)
            {
                return new(
                    FaultCode.InvalidArgument,
                    "Each of 'start_urls' must be an address that begins with http:// or https://, without a name or "
                        + "password in it, of at most 1,000 characters.",
                    "settings.start_urls");
            }
        }

        return Patterns(settings.Include, "include") ?? Patterns(settings.Exclude, "exclude");
    }

    protected override Task<IConnector> OpenAsync(
        WebsiteSettings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken) =>
        Task.FromResult<IConnector>(new WebsiteCrawl(http, settings, time));

    private static Fault? Patterns(IReadOnlyList<string> patterns, string field) =>
        patterns.All(pattern => pattern is ['/' or '*', ..] && pattern.Length <= MaxPattern)
            ? null
            : new(
                FaultCode.InvalidArgument,
                $"Each of '{field}' must begin with '/' or '*', as in /docs/ or *.pdf$, and have at most 200 "
                    + "characters.",
                $"settings.{field}");
}
