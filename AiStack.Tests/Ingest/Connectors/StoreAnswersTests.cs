using System.Text.Json;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Connectors.S3;
using AiStack.Ingest.Connectors.Web;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>Stores whose answers are wrong.</summary>
public sealed class StoreAnswersTests : IAsyncLifetime
{
    private readonly SourceHttp _http = new(ConformingSource.Reach);
    private WebServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WebServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("<NextContinuationToken>again</NextContinuationToken>")]
    public async Task A_list_that_does_not_say_how_to_go_on_is_no_list(string token)
    {
        _server.Otherwise = _ => WebPage.Text(
            $"<ListBucketResult><Name>docs</Name><IsTruncated>true</IsTruncated>{token}</ListBucketResult>",
            "text/xml");

        var failure = await Assert.ThrowsAsync<SourceException>(RunAsync);

        Assert.Contains("not listed to its end", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_an_end_is_not_held_in_memory()
    {
        _server.Otherwise = _ => new(new byte[33 << 20], "text/xml");

        var failure = await Assert.ThrowsAsync<SourceException>(RunAsync);

        Assert.Contains("an answer is too long", failure.Message, StringComparison.Ordinal);
    }

    private Task<RunResult> RunAsync() => new ConnectorRun(
        new S3Kind(_http),
        JsonElement.Parse($$"""{"bucket":"docs","endpoint":"{{_server.Url}}","path_style":true}"""),
        new Dictionary<string, string>()).RunAsync(TestContext.Current.CancellationToken);
}
