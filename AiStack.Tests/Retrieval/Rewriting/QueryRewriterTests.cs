using System.Text.Json;
using AiStack.Retrieval;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Retrieval.Rewriting;

/// <summary>A search whose query a model makes of what a person typed.</summary>
public sealed class QueryRewriterTests(RetrievalFixture fixture) : IClassFixture<RetrievalFixture>
{
    private const string Typed = "hi! since my car broke down again this morning: who pays?";

    private static readonly (string, string)[] _files =
    [
        ("trips.txt", "Taxi fares are reimbursed by the finance department."),
        ("cars.txt", "A car that broke down in the morning is towed."),
    ];

    [Fact]
    public async Task What_the_model_makes_of_the_words_is_searched_and_told()
    {
        await using var server = await ScriptedServer.StartAsync();
        Says(server, "\"taxi fares reimbursed\"\n");
        await using var retrieval = Start(server.Address);
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(_files);

        var plain = await SearchAsync(caller, store, new { query = Typed });
        var found = await SearchAsync(caller, store, new { query = Typed, rewrite_query = true });

        Assert.Equal(("cars.txt", Typed, null), (First(plain), Query(plain), Rewriting(plain)));
        Assert.Equal(
            ("trips.txt", "taxi fares reimbursed", "rewritten"), (First(found), Query(found), Rewriting(found)));
        var asked = JsonDocument.Parse(Assert.Single(server.Asked)).RootElement;
        Assert.Equal("small", asked.GetProperty("model").GetString());
        Assert.Equal(Typed, asked.GetProperty("messages")[1].GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("", "unusable")]
    [InlineData("  \n ", "unusable")]
    [InlineData("Query:\ntaxi fares", "unusable")]
    [InlineData("?!", "unusable")]
    [InlineData("taxi \ud800", "unusable")]
    [InlineData("taxi\0fares", "unusable")]
    [InlineData(Typed, "unchanged")]
    public async Task What_is_no_query_is_not_searched(string said, string rewriting)
    {
        await using var server = await ScriptedServer.StartAsync();
        Says(server, said);

        await AsAskedAsync(server.Address, rewriting);
    }

    [Fact]
    public async Task An_explanation_is_too_long_for_a_query()
    {
        await using var server = await ScriptedServer.StartAsync();
        Says(server, string.Concat(Enumerable.Repeat("taxi fares ", 40)));

        await AsAskedAsync(server.Address, "unusable");
    }

    [Theory]
    [InlineData(500, """{"error":{"message":"no"}}""")]
    [InlineData(429, """{"error":{"message":"later"}}""")]
    [InlineData(302, "")]
    [InlineData(200, "{}")]
    [InlineData(200, "<html>taxi fares</html>")]
    [InlineData(200, """{"choices":[]}""")]
    [InlineData(200, """{"choices":[{"message":null}]}""")]
    public async Task A_server_that_fails_leaves_the_words_as_they_were_asked(int status, string body)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Script = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Headers.Location = "/elsewhere";
            return context.Response.WriteAsync(body);
        };

        await AsAskedAsync(server.Address, "failed");

        Assert.Single(server.Asked);
    }

    [Fact]
    public Task A_server_that_is_not_there_leaves_the_words_as_they_were_asked() =>
        AsAskedAsync(Ports.Closed, "failed");

    [Fact]
    public async Task A_server_that_never_ends_is_broken_off()
    {
        await using var server = new RawServer();
        server.SaysForEver("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", new string(' ', 64 << 10));

        await AsAskedAsync(server.Address, "failed");
    }

    [Fact]
    public async Task A_model_that_is_slow_is_not_waited_for()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Script = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted)
            .ContinueWith(_ => { }, TaskScheduler.Default);

        await AsAskedAsync(server.Address, "late", ("Retrieval:Rewriter:TimeLimit", "00:00:00.200"));
    }

    [Fact]
    public async Task Without_a_model_the_words_are_searched_as_they_were_asked()
    {
        var caller = fixture.NewCaller();
        var store = await caller.CreateStoreAsync(_files);

        var found = await SearchAsync(caller, store, new { query = Typed, rewrite_query = true });

        Assert.Equal(("cars.txt", Typed, "no_model"), (First(found), Query(found), Rewriting(found)));
    }

    [Fact]
    public async Task Nothing_is_rewritten_for_a_search_that_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync();
        Says(server, "taxi fares");
        await using var retrieval = Start(server.Address);

        var (status, _, _) = await fixture.NewCaller(retrieval).RefusedAsync(
            "/v1/vector_stores/vs_019ad000000070008000000000000001/search",
            new { query = "taxi", rewrite_query = true });

        Assert.Equal(404, status);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task An_address_that_is_none_stops_the_start()
    {
        await using var retrieval = Start("not-a-server");

        var refusal = Assert.ThrowsAny<Exception>(() => retrieval.Services);

        Assert.Contains("Retrieval:Rewriter:Endpoint", refusal.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The words are searched as they are, and the result says why.</summary>
    private async Task AsAskedAsync(string address, string rewriting, params (string, string)[] settings)
    {
        await using var retrieval = Start(address, settings);
        var caller = fixture.NewCaller(retrieval);
        var store = await caller.CreateStoreAsync(_files);

        var found = await SearchAsync(caller, store, new { query = Typed, rewrite_query = true });

        Assert.Equal(("cars.txt", Typed, rewriting), (First(found), Query(found), Rewriting(found)));
    }

    private ServiceFactory<RetrievalTelemetry> Start(string address, params (string, string)[] settings) =>
        fixture.StartRetrieval(
        [
            ("Retrieval:Rewriter:Endpoint", $"{address}/v1"),
            ("Retrieval:Rewriter:Model", "small"),
            ("Retrieval:Rewriter:TimeLimit", "00:00:30"),
            .. settings,
        ]);

    private static void Says(ScriptedServer server, string text) => server.Always(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1,
        model = "small-1",
        choices = new[]
        {
            new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop" },
        },
        usage = new { prompt_tokens = 40, completion_tokens = 7, total_tokens = 47 },
    });

    private static Task<JsonElement> SearchAsync(StoreCaller caller, string store, object request) =>
        caller.PostAsync($"/v1/vector_stores/{store}/search", request);

    private static string? First(JsonElement page) => page.GetProperty("data")[0].GetProperty("filename").GetString();

    private static string? Query(JsonElement page) => page.GetProperty("search_query")[0].GetString();

    private static string? Rewriting(JsonElement page) =>
        page.TryGetProperty("rewriting", out var rewriting) ? rewriting.GetString() : null;
}
