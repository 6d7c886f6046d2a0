using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Ingest.Connectors.Web;
using AiStack.Ingest.Connectors.Website;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>What cannot be read for now takes nothing with it.</summary>
public sealed class WebsiteMissesTests : IAsyncLifetime
{
    private readonly SourceHttp _http = new(ConformingSource.Reach);
    private WebServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await WebServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(500, "", "/, /far")]
    [InlineData(403, "", "/, /far")]
    [InlineData(200, "<urlset><url>", "/, /far")]
    [InlineData(200, "\u001f\u008b no gzip", "/, /far")]
    [InlineData(200, "<urlset/>", "/")]
    [InlineData(404, "", "/")]
    public async Task Documents_of_a_sitemap_go_only_when_it_can_be_read(int status, string body, string left)
    {
        _server.Pages["/"] = WebPage.Html("start");
        _server.Pages["/far"] = WebPage.Html("far");
        _server.Pages["/sitemap.xml"] = WebPage.Text("<urlset><url><loc>/far</loc></url></urlset>", "text/xml");
        var runs = Runs();
        await runs.RunAsync(Cancellation);
        _server.Pages["/sitemap.xml"] = new(
            [.. body.Select(letter => (byte)letter)], "application/xml", status);

        await runs.RunAsync(Cancellation);

        Assert.Equal(left, Known(runs));
    }

    [Fact]
    public async Task A_sitemap_that_moved_is_read_where_it_is()
    {
        _server.Pages["/"] = WebPage.Html("start");
        _server.Pages["/far"] = WebPage.Html("far");
        _server.Pages["/sitemap.xml"] = WebPage.Only(301, ("Location", "/map.xml"));
        _server.Pages["/map.xml"] = WebPage.Text("<urlset><url><loc>/far</loc></url></urlset>", "text/xml");
        var runs = Runs();

        var result = await runs.RunAsync(Cancellation);

        Assert.Equal("/, /far", Known(runs));
        Assert.Empty(result.Discovery.Missed);
    }

    [Fact]
    public async Task A_page_in_place_of_a_sitemap_that_nobody_named_is_none()
    {
        _server.Pages["/"] = WebPage.Html("start");
        _server.Pages["/sitemap.xml"] = WebPage.Html("<p>Not here");

        var result = await Runs().RunAsync(Cancellation);

        Assert.Empty(result.Discovery.Missed);
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(200, "<div>")]
    public async Task A_page_that_is_no_document_loses_nothing_that_it_leads_to(int status, string repeated)
    {
        _server.Pages["/"] = WebPage.Html("<a href='/hub'>x</a>");
        _server.Pages["/hub"] = WebPage.Html("<meta name=robots content=noindex><a href='/leaf'>x</a>");
        _server.Pages["/leaf"] = WebPage.Html("leaf");
        var runs = Runs();
        await runs.RunAsync(Cancellation);
        var tooDeep = string.Concat(Enumerable.Repeat(repeated, 300));
        _server.Pages["/hub"] = WebPage.Html($"<meta name=robots content=noindex>{tooDeep}") with { Status = status };

        await runs.RunAsync(Cancellation);

        Assert.Contains("/leaf", Known(runs), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_says_it_is_packed_and_is_not_is_a_problem_of_its_own()
    {
        _server.Pages["/"] = WebPage.Html("<a href='/packed'>x</a><a href='/plain'>x</a>");
        _server.Pages["/packed"] = WebPage.Html("no gzip") with
        {
            Headers = new Dictionary<string, string> { ["Content-Encoding"] = "gzip" },
        };
        _server.Pages["/plain"] = WebPage.Html("plain");

        var result = await Runs().RunAsync(Cancellation);

        Assert.NotNull(result.Item("/packed").Problem);
        Assert.Null(result.Item("/plain").Problem);
    }

    private static string Known(ConnectorRun runs) =>
        string.Join(", ", runs.Known.Select(id => new Uri(id).AbsolutePath).Order());

    private ConnectorRun Runs() => new(
        new WebsiteKind(_http, TimeProvider.System),
        JsonSerializer.SerializeToElement(new JsonObject
        {
            ["start_urls"] = new JsonArray(_server.Url), ["delay_seconds"] = 0,
        }),
        new Dictionary<string, string>());
}
