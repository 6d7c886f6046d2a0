using AiStack.Contracts;
using AiStack.Ingest.Connectors.Web;

namespace AiStack.Ingest.Connectors.Feed;

/// <summary>Entries of a feed: RSS, Atom or JSON.</summary>
internal sealed class FeedKind(SourceHttp http) : ConnectorKind<FeedSettings>
{
    public override string Name => "feed";

    public override string Summary => "Entries of a feed (RSS, Atom or JSON), or the pages that they lead to.";

    protected override Fault? Check(FeedSettings settings, IReadOnlyDictionary<string, string> secrets) =>
        FeedEntries.IsAddress(settings.Url)
            ? null
            : new(
                FaultCode.InvalidArgument,
                "'url' must be an address that begins with http:// or https://, without a password in it.",
                "settings.url");

    protected override Task<IConnector> OpenAsync(
        FeedSettings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken) =>
        Task.FromResult<IConnector>(new FeedEntries(http, settings));
}
