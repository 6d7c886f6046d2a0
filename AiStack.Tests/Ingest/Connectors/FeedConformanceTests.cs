using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Connectors.Feed;
using AiStack.Ingest.Connectors.Web;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

public sealed class FeedConformanceTests : ConnectorConformance
{
    private protected override async Task<ConformingSource> StartAsync() => new Rss(await WebServer.StartAsync());

    private protected override IConnectorKind KindOf() => new FeedKind(new SourceHttp(ConformingSource.Reach));

    [Theory]
    [InlineData(
        """
        <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://no.example/rss.dtd">
        <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>c</title><item>
        <title>One &amp; two</title><link>http://a.example/1</link><guid isPermaLink="false">g1</guid>
        <pubDate>Tue, 06 Jan 2026 10:00:00 GMT</pubDate><description>short</description>
        <content:encoded><![CDATA[<p>Long</p>]]></content:encoded></item></channel></rss>
        """)]
    [InlineData(
        """
        <feed xmlns="http://www.w3.org/2005/Atom"><title>c</title><entry><title>One &amp; two</title><id>g1</id>
        <link href="http://a.example/1"/><published>2026-01-06T10:00:00Z</published>
        <updated>2026-01-06T10:00:00Z</updated>
        <summary>short</summary><content type="html">&lt;p&gt;Long&lt;/p&gt;</content></entry></feed>
        """)]
    [InlineData(
        """
        {"version":"https://jsonfeed.org/version/1.1","title":"c","items":[{"id":"g1","title":"One & two",
        "url":"http://a.example/1","date_published":"2026-01-06T10:00:00Z","content_html":"<p>Long</p>"}]}
        """)]
    public async Task An_entry_is_a_page_with_what_the_feed_says_of_it(string feed)
    {
        await using var server = await WebServer.StartAsync();
        server.Pages["/"] = WebPage.Text(feed, "application/xml");

        var result = await Runs(server, []).RunAsync(Cancellation);

        var item = Assert.Single(result.Listed);
        Assert.Equal(("g1", "One & two.html"), (item.Id, item.Name));
        Assert.Equal("http://a.example/1", item.Url!.AbsoluteUri);
        Assert.Equal(new DateTimeOffset(2026, 1, 6, 10, 0, 0, TimeSpan.Zero), item.ModifiedAt);
        Assert.Contains("<h1>One &amp; two</h1>\n<p>Long</p>", result.Text("g1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_has_left_the_feed_stays_and_an_unchanged_feed_is_not_sent()
    {
        await using var server = await WebServer.StartAsync();
        server.Pages["/"] = WebPage.Text(Rss.Feed([("a", "1"), ("b", "2")]), "text/xml") with { ETag = "\"1\"" };
        var runs = Runs(server, []);
        await runs.RunAsync(Cancellation);
        server.Pages["/"] = WebPage.Text(Rss.Feed([("c", "3")]), "text/xml") with { ETag = "\"2\"" };

        await runs.RunAsync(Cancellation);
        var unchanged = await runs.RunAsync(Cancellation);

        Assert.Equal(3, runs.Known.Count);
        Assert.Empty(unchanged.Listed);
        Assert.Equal(304, server.Asked.Last().Status);
    }

    [Fact]
    public async Task The_page_that_an_entry_leads_to_can_be_the_document()
    {
        await using var server = await WebServer.StartAsync();
        server.Pages["/moved"] = WebPage.Text(Rss.Feed([("a", "1")], server.Url), "text/xml");
        server.Pages["/"] = WebPage.Only(302, ("Location", "/moved"));
        server.Pages["/a"] = WebPage.Html("<p>whole</p>");

        var result = await Runs(server, new() { ["take_pages"] = true }).RunAsync(Cancellation);

        Assert.Equal("<p>whole</p>", Encoding.UTF8.GetString(Assert.Single(result.Fetched).Value));
    }

    [Theory]
    [InlineData("<html><body>Sign in</body></html>")]
    [InlineData("<rss version='2.0'><channel><item>")]
    [InlineData("""<!DOCTYPE a [<!ENTITY b "bb">]><rss version="2.0"><channel><title>&b;</title></channel></rss>""")]
    [InlineData("")]
    [InlineData("{}")]
    public async Task What_is_no_feed_ends_the_run(string text)
    {
        await using var server = await WebServer.StartAsync();
        server.Pages["/"] = WebPage.Text(text, "text/xml");

        var failure = await Assert.ThrowsAsync<SourceException>(() => Runs(server, []).RunAsync(Cancellation));

        Assert.Equal("What is at 'url' is no feed of RSS, Atom or JSON.", failure.Message);
    }

    private static ConnectorRun Runs(WebServer server, JsonObject settings)
    {
        settings["url"] = server.Url + "/";
        return new(
            new FeedKind(new SourceHttp(ConformingSource.Reach)),
            JsonSerializer.SerializeToElement(settings),
            new Dictionary<string, string>());
    }

    /// <summary>A feed of RSS whose entries the test says.</summary>
    private sealed class Rss(WebServer server) : ConformingSource
    {
        private readonly SourceHttp _http = new(Reach);
        private readonly ConcurrentDictionary<string, string> _texts = new();
        private readonly CuttableDoor _door = new(server.Port);

        public override IConnectorKind Kind => new FeedKind(_http);

        public override int Many => 500;

        public override bool IsOneAnswer => true;

        public override JsonObject Settings => new()
        {
            ["url"] = $"http://127.0.0.1:{_door.Port}/", ["remove_missing"] = true,
        };

        public static string Feed(IEnumerable<(string Name, string Text)> entries, string site = "http://a.example") =>
            "<rss version=\"2.0\"><channel><title>t</title>" + string.Concat(entries.Select(entry =>
                $"<item><title>{entry.Name}</title><guid>{entry.Name}</guid><link>{site}/{entry.Name}</link>"
                + $"<description>{WebUtility.HtmlEncode(entry.Text)}</description></item>")) + "</channel></rss>";

        public override byte[] Bytes(string name, string text) => Encoding.UTF8.GetBytes(
            $"<!doctype html>\n<meta charset=\"utf-8\">\n<title>{name}</title>\n"
            + $"<article>\n<h1>{name}</h1>\n{text}\n</article>\n");

        public override Task PutAsync(string name, string text) => ChangeAsync(() => _texts[name] = text);

        public override Task RemoveAsync(string name) => ChangeAsync(() => _texts.TryRemove(name, out _));

        public override Task PutManyAsync(int count) => ChangeAsync(() =>
        {
            foreach (var number in Enumerable.Range(0, count))
            {
                _texts[$"entry{number}"] = $"{number}";
            }
        });

        public override Task CutAsync() => _door.CutAsync();

        public override async ValueTask DisposeAsync()
        {
            await _door.DisposeAsync();
            await server.DisposeAsync();
            _http.Dispose();
        }

        private Task ChangeAsync(Action change)
        {
            change();
            var feed = Feed(_texts.Select(text => (text.Key, text.Value)));
            server.Pages["/"] = WebPage.Text(feed, "application/rss+xml");
            return Task.CompletedTask;
        }
    }
}
