using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Serving.Engines;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>A server that has too much to do, and one that says too much.</summary>
public sealed class UpstreamLimitTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const string Beginning = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429, HttpStatusCode.TooManyRequests, "upstream_rate_limited")]
    [InlineData(503, HttpStatusCode.ServiceUnavailable, "dependency_unavailable")]
    public async Task A_server_that_asks_to_wait_is_asked_once_and_the_caller_is_told_for_how_long(
        int upstream, HttpStatusCode status, string code)
    {
        await using var trying = serving.Start(("Serving:OpenAi:MaxRetries", "5"));
        serving.Upstream.Script = Refuse(upstream, "3600");
        serving.Upstream.Asked.Clear();

        foreach (var path in new[] { "/v1/responses", "/v1/chat/completions" })
        {
            foreach (var stream in new[] { false, true })
            {
                using var response = await AskAsync(trying, path, stream);

                Assert.Equal(status, response.StatusCode);
                Assert.Equal("3600", response.Headers.RetryAfter?.ToString());
                Assert.Contains(
                    $"\"{code}\"", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            }
        }

        Assert.Equal(4, serving.Upstream.Asked.Count);
    }

    [Theory]
    [InlineData("99999999", "3600")]
    [InlineData("99999999999999999999", "2")]
    [InlineData("-5", "2")]
    [InlineData("soon", "2")]
    [InlineData("0", "2")]
    [InlineData("Sat, 01 Jan 2000 00:00:00 GMT", "2")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", "3600")]
    public async Task A_wait_that_makes_no_sense_is_not_passed_on(string said, string told)
    {
        serving.Upstream.Script = Refuse(429, said);

        using var response = await AskAsync(serving.Service, "/v1/responses", stream: false);

        Assert.Equal(told, response.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again()
    {
        await using var trying = serving.Start(("Serving:OpenAi:MaxRetries", "1"));
        var tries = 0;
        serving.Upstream.Script = (context, _) =>
        {
            if (Interlocked.Increment(ref tries) > 1)
            {
                return Upstream.SayAsync(context, "At last.");
            }

            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };

        using var response = await AskAsync(trying, "/v1/responses", stream: false);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public static TheoryData<string, string> Endless() => new()
    {
        { Beginning, $"data: {JsonSerializer.Serialize(Upstream.Chunk(new { content = "On and on. " }))}\n\n" },
        { Beginning, $"data: {JsonSerializer.Serialize(Upstream.Chunk(new { }))}\n\n" },
        { Beginning, ": still here\n\n" },
        { $"{Beginning}data: {{\"id\":\"", new string('x', 4096) },
        { "HTTP/1.1 200 OK\r\nX-Long: ", new string('x', 4096) },
        { "HTTP/1.1 200 OK\r\n", "X-Many: x\r\n" },
        { "HTTP/1.1 500 Oh\r\n\r\n", new string('x', 4096) },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0000000000000000" },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task An_answer_that_never_ends_is_broken_off_at_the_limit(string beginning, string more)
    {
        await using var upstream = new RawServer();
        await using var service = serving.Start(
            ("Serving:OpenAi:Endpoint", $"{upstream.Address}/v1"), ("Serving:OpenAi:MaxAnswerBytes", "200000"));
        upstream.SaysForEver(beginning, more);
        var project = PostgresFixture.NewProject();
        using var client = service.CreateClient(project);

        using var response = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "openai", input = "Hello?" }, Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal([("failed", "dependency_unavailable")], await serving.RecordsAsync(project));
        Assert.InRange(upstream.Written, 0, 20_000_000); // What was on its way, in the sockets' buffers.
    }

    [Fact]
    public async Task A_stream_over_the_limit_ends_with_an_error_that_names_the_limit()
    {
        await using var upstream = new RawServer();
        await using var service = serving.Start(
            ("Serving:OpenAi:Endpoint", $"{upstream.Address}/v1"), ("Serving:OpenAi:MaxAnswerBytes", "200000"));
        var chunk = JsonSerializer.Serialize(Upstream.Chunk(new { content = "On and on. " }));
        upstream.SaysForEver(Beginning, $"data: {chunk}\n\n");

        using var response = await AskAsync(service, "/v1/responses", stream: true);
        var events = await response.Content.ReadAsStringAsync(Cancellation);

        var last = events.TrimEnd().Split("\n\n")[^1];
        Assert.StartsWith("event: response.failed", last, StringComparison.Ordinal);
        Assert.Contains("MaxAnswerBytes", last, StringComparison.Ordinal);
    }

    private static Func<HttpContext, string, Task> Refuse(int status, string retryAfter) => (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    };

    private static async Task<HttpResponseMessage> AskAsync(
        ServiceFactory<EngineCatalog> service, string path, bool stream)
    {
        using var client = service.CreateClient(PostgresFixture.NewProject());
        object request = path == "/v1/responses"
            ? new { model = "openai", input = "Hello?", stream }
            : new { model = "openai", messages = new[] { new { role = "user", content = "Hello?" } }, stream };
        return await client.PostAsJsonAsync(path, request, Cancellation);
    }
}
