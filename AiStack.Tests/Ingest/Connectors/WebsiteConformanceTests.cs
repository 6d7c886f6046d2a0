using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Connectors.Web;
using AiStack.Ingest.Connectors.Website;

namespace AiStack.Tests.Ingest.Connectors;

public sealed class WebsiteConformanceTests : ConnectorConformance
{
    private protected override async Task<ConformingSource> StartAsync() => new Site(await WebServer.StartAsync());

    private protected override IConnectorKind KindOf() =>
        new WebsiteKind(new SourceHttp(ConformingSource.Reach), TimeProvider.System);

    /// <summary>A site whose start page, which is no document, leads to all documents.</summary>
    private sealed class Site(WebServer server) : ConformingSource
    {
        private readonly ConcurrentDictionary<string, string> _texts = new();
        private readonly SourceHttp _http = new(Reach);
        private readonly CuttableDoor _door = new(server.Port);

        public override IConnectorKind Kind => new WebsiteKind(_http, TimeProvider.System);

        public override int Many => 30;

        public override JsonObject Settings => new()
        {
            ["start_urls"] = new JsonArray($"http://127.0.0.1:{_door.Port}/"),
            ["exclude"] = new JsonArray("/$"),
            ["delay_seconds"] = 0,
        };

        public override byte[] Bytes(string name, string text) => Page(name, text).Body;

        public override Task PutAsync(string name, string text)
        {
            _texts[name] = text;
            server.Pages[$"/{name}"] = Page(name, text);
            return LinkAsync();
        }

        public override Task RemoveAsync(string name)
        {
            _texts.TryRemove(name, out _);
            server.Pages.TryRemove($"/{name}", out _);
            return LinkAsync();
        }

        public override async Task PutManyAsync(int count)
        {
            foreach (var number in Enumerable.Range(0, count))
            {
                await PutAsync($"page{number}", $"{number}");
            }
        }

        public override Task CutAsync() => _door.CutAsync();

        public override async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await _door.DisposeAsync();
            await server.DisposeAsync();
        }

        private static WebPage Page(string name, string text) => WebPage.Html(
            $"<title>{name}</title><p>{text}</p>", $"\"{name}{text.GetHashCode(StringComparison.Ordinal)}\"");

        private Task LinkAsync()
        {
            server.Pages["/"] = WebPage.Html(string.Concat(_texts.Keys.Select(name => $"<a href='{name}'>{name}</a>")));
            return Task.CompletedTask;
        }
    }
}
