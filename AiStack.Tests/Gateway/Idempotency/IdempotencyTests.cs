using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.Gateway;
using AiStack.Gateway.Idempotency;
using AiStack.ServiceDefaults.Database;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Gateway.Idempotency;

/// <summary>Requests with an Idempotency-Key, on two Gateways before one service that counts its requests.</summary>
public sealed class IdempotencyTests : IClassFixture<TwoGateways>
{
    private const string Path = "/v1/responses";

    // Tests share the Gateways, and no key of a request.
    private readonly string _test = $"{Guid.CreateVersion7():N}";
    private readonly TwoGateways _gateways;
    private readonly ScriptedServer _service;

    public IdempotencyTests(TwoGateways gateways)
    {
        ArgumentNullException.ThrowIfNull(gateways);
        (_gateways, _service) = (gateways, gateways.Service);
        _service.Asked.Clear();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_request_with_the_same_key_is_done_once_and_given_the_first_answer_again()
    {
        CountUp();

        using var first = await PostAsync("a", """{"n":1}""");
        using var again = await PostAsync("a", """{"n":1}""", replica: 1);
        using var without = await _gateways.Clients[0].PostAsync(Path, Json("""{"n":1}"""), Cancellation);

        Assert.Equal(("{\"answer\":1}", false), (await TextAsync(first), IsReplayed(first)));
        Assert.Equal(("{\"answer\":1}", true), (await TextAsync(again), IsReplayed(again)));
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.Equal(Header(first, "x-request-id"), Header(again, "Original-Request"));
        Assert.NotEqual(Header(first, "x-request-id"), Header(again, "x-request-id"));
        Assert.Equal("{\"answer\":2}", await TextAsync(without));
        Assert.Equal(["""{"n":1}""", """{"n":1}"""], _service.Asked);
    }

    [Fact]
    public async Task Of_many_twins_on_two_Gateways_one_is_done_and_the_others_wait_for_it()
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _service.Script = async (context, _) =>
        {
            begun.SetResult(); // Throws when it is asked twice.
            await go.Task;
            await context.Response.WriteAsync("done");
        };
        var twins = Enumerable.Range(0, 16).Select(number => PostAsync("twins", "{}", number % 2)).ToList();
        await begun.Task.WaitAsync(Eventually.Patience, Cancellation);
        var refused = twins.ToList();
        while (refused.Count > 1)
        {
            var over = await Task.WhenAny(refused);
            Assert.Equal(HttpStatusCode.Conflict, (await over).StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), (await over).Headers.RetryAfter!.Delta);
            refused.Remove(over);
        }

        go.SetResult();

        Assert.Equal("done", await TextAsync(await refused[0]));
        using var late = await PostAsync("twins", "{}", replica: 1);
        Assert.Equal(("done", true), (await TextAsync(late), IsReplayed(late)));
        Assert.Single(_service.Asked);
        foreach (var twin in twins)
        {
            (await twin).Dispose();
        }
    }

    [Theory]
    [InlineData("""{"n":2}""", Path, null)]
    [InlineData("""{"n":1}""", "/v1/responses?x=1", null)]
    [InlineData("""{"n":1}""", "/v1/files", null)]
    [InlineData("""{"n":1}""", Path, "chat.write")]
    public async Task Another_request_with_the_same_key_is_refused_by_name(string body, string path, string? scopes)
    {
        CountUp();
        using var first = await PostAsync("other", """{"n":1}""");

        using var other = await PostAsync("other", body, path: path, scopes: scopes);

        var error = (await other.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("error");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("idempotency_key_reused", error.GetProperty("code").GetString());
        Assert.Equal("Idempotency-Key", error.GetProperty("param").GetString());
        Assert.Single(_service.Asked);
    }

    [Fact]
    public async Task Two_API_keys_that_use_the_same_key_know_nothing_of_one_another()
    {
        CountUp();
        using var project = await _gateways.Clients[0].PostAsJsonAsync(
            "/api/projects", new { name = "elsewhere" }, Cancellation);
        using var key = await _gateways.Clients[0].PostAsJsonAsync(
            "/api/keys", new { name = "second", scopes = new[] { "admin" } }, Cancellation);
        using var first = await PostAsync("shared", "{}");

        foreach (var made in new[] { project, key })
        {
            var secret = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("secret");
            using var client = _gateways.Client(secret.GetString()!);
            using var answer = await PostAsync(client, "shared", """{"mine":true}""");
            Assert.False(IsReplayed(answer));
        }

        Assert.Equal(3, _service.Asked.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(400)]
    public async Task What_failed_is_done_again(int status)
    {
        _service.Always(new { error = "no" }, status);
        using var failed = await PostAsync("again", "{}");
        CountUp();

        using var answer = await PostAsync("again", "{}", replica: 1);

        Assert.Equal(status, (int)failed.StatusCode);
        Assert.Equal((HttpStatusCode.OK, false), (answer.StatusCode, IsReplayed(answer)));
    }

    [Fact]
    public async Task An_answer_whose_caller_went_away_is_finished_and_given_to_the_caller_that_comes_back()
    {
        var (begun, go, cut) = (new TaskCompletionSource(), new TaskCompletionSource(), new CancellationTokenSource());
        _service.Script = async (context, _) =>
        {
            begun.SetResult();
            await go.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("still here");
        };
        var left = PostAsync("left", "{}", cancellation: cut.Token);
        await begun.Task.WaitAsync(Eventually.Patience, Cancellation);

        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        go.SetResult();
        var text = await Eventually.ReadAsync(
            async () =>
            {
                using var answer = await PostAsync("left", "{}", replica: 1);
                return answer.StatusCode == HttpStatusCode.Conflict ? null : await TextAsync(answer);
            },
            until: answer => answer is not null);

        Assert.Equal("still here", text);
        Assert.Single(_service.Asked);
    }

    [Fact]
    public async Task A_stream_comes_as_it_is_made_and_is_replayed_word_for_word()
    {
        var go = new TaskCompletionSource();
        _service.Script = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: one\n\n");
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.WriteAsync("data: [DONE]\n\n");
        };
        using var request = Request("stream", "{}");
        using var stream = await _gateways.Clients[0].SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancellation));

        Assert.Equal("data: one", await reader.ReadLineAsync(Cancellation)); // Before the rest is made.
        go.SetResult();
        await reader.ReadToEndAsync(Cancellation);
        using var again = await PostAsync("stream", "{}", replica: 1);

        Assert.Equal("data: one\n\ndata: [DONE]\n\n", await TextAsync(again));
        Assert.Equal("text/event-stream", again.Content.Headers.ContentType!.MediaType);
        Assert.True(IsReplayed(again));
        Assert.Single(_service.Asked);
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"no\"}}\n\n")]
    [InlineData("event: response.failed\ndata: {}\n\n")]
    [InlineData("event: error\ndata: {}\n\n")]
    public async Task A_stream_that_ends_in_a_failure_is_done_again(string end)
    {
        _service.Script = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"data: one\n\n{end}");
        };
        using var failed = await PostAsync("failed", "{}");

        using var again = await PostAsync("failed", "{}");

        Assert.False(IsReplayed(again));
        Assert.Equal(2, _service.Asked.Count);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_of_an_answer_leaves_nothing_behind()
    {
        _service.Script = async (context, _) =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            context.Abort();
        };
        using var broken = await PostAsync("broken", "{}");
        CountUp();

        using var again = await PostAsync("broken", "{}");

        Assert.False(broken.IsSuccessStatusCode);
        Assert.Equal("{\"answer\":2}", await TextAsync(again));
    }

    [Fact]
    public async Task What_is_too_long_to_be_kept_is_given_once_and_not_done_again()
    {
        _service.Script = (context, _) => context.Response.WriteAsync(new string('x', 5_000));

        using var first = await PostAsync("long", "{}");
        using var again = await PostAsync("long", "{}");

        Assert.Equal(5_000, (await TextAsync(first)).Length);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("longer than 4096 bytes", await TextAsync(again), StringComparison.Ordinal);
        Assert.Single(_service.Asked);
    }

    [Fact]
    public async Task A_secret_is_made_once_and_kept_nowhere()
    {
        var body = """{"name":"once","scopes":["models.read"]}""";
        using var first = await PostAsync("key", body, path: "/api/keys");
        using var again = await PostAsync("key", body, path: "/api/keys");

        var secret = (await first.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("secret");
        Assert.Equal((true, HttpStatusCode.Conflict), (first.IsSuccessStatusCode, again.StatusCode));
        Assert.DoesNotContain(secret.GetString()!, await TextAsync(again), StringComparison.Ordinal);
        var keys = await _gateways.Clients[0].GetFromJsonAsync<JsonElement>("/api/keys?limit=100", Cancellation);
        Assert.Single(keys.GetProperty("data").EnumerateArray(), key => key.GetProperty("name").GetString() == "once");
        await using var owner = NpgsqlDataSource.Create(_gateways.Postgres.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Cancellation);
        Assert.Equal(0, await connection.FirstOrDefaultAsync(
            $"select count(body)::int from gateway.idempotent_request where name = {NameOf("key")}",
            row => row.GetInt32(0),
            Cancellation));
    }

    [Fact]
    public async Task What_pseudonyms_stand_for_is_given_once_and_kept_nowhere()
    {
        CountUp();
        using var first = await PostAsync("reveal", "{}", path: "/api/pseudonyms/reveal");
        using var again = await PostAsync("reveal", "{}", path: "/api/pseudonyms/reveal");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, again.StatusCode));
        Assert.Single(_service.Asked);
        await using var owner = NpgsqlDataSource.Create(_gateways.Postgres.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Cancellation);
        Assert.Equal(0, await connection.FirstOrDefaultAsync(
            $"select count(body)::int from gateway.idempotent_request where name = {NameOf("reveal")}",
            row => row.GetInt32(0),
            Cancellation));
    }

    [Fact]
    public async Task A_form_is_known_again_whatever_its_boundary_is()
    {
        CountUp();

        using var first = await SendFormAsync("same");
        using var again = await SendFormAsync("same");
        using var other = await SendFormAsync("other");

        Assert.Equal((false, true), (IsReplayed(first), IsReplayed(again)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Single(_service.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData(256)]
    public async Task A_key_that_cannot_be_one_is_refused(object key)
    {
        using var refused = await PostAsync(key is int length ? new string('k', length) : (string)key, "{}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("1 to 255", await TextAsync(refused), StringComparison.Ordinal);
        Assert.Empty(_service.Asked);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_before_anything_is_done()
    {
        using var refused = await PostAsync("body", new string('x', 200_000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Contains("100000 bytes", await TextAsync(refused), StringComparison.Ordinal);
        Assert.Empty(_service.Asked);
    }

    [Fact]
    public async Task After_its_Gateway_died_a_request_waits_for_the_lease_and_is_done_by_another()
    {
        CountUp();
        using var first = await PostAsync("died", """{"n":1}""");
        await ExecuteAsync(
            $"""
            update gateway.idempotent_request
            set status = null, body = null, leased_until = now() + interval '1 hour' where name = {NameOf("died")}
            """);
        using var held = await PostAsync("died", """{"n":1}""", replica: 1);
        await ExecuteAsync(
            $"""
            update gateway.idempotent_request set leased_until = now() - interval '1 s'
            where name = {NameOf("died")}
            """);

        using var other = await PostAsync("died", """{"n":2}""", replica: 1);
        using var again = await PostAsync("died", """{"n":1}""", replica: 1);

        Assert.Equal(HttpStatusCode.Conflict, held.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("{\"answer\":2}", await TextAsync(again));
    }

    [Fact]
    public async Task After_a_day_a_key_is_free_again_and_its_row_is_deleted()
    {
        CountUp();
        using var first = await PostAsync("old", """{"n":1}""");
        using var forgotten = await PostAsync("older", """{"n":1}""");
        await ExecuteAsync(
            $"""
            update gateway.idempotent_request set created_at = now() - interval '25 hours'
            where name in ({NameOf("old")}, {NameOf("older")})
            """);

        using var later = await PostAsync("old", """{"n":2}""");
        await using var service = NpgsqlDataSource.Create(
            _gateways.Postgres.ConnectionStringOf(typeof(GatewayTelemetry).Assembly));
        await ForgetRequests.RunOnceAsync(service, Cancellation);

        Assert.Equal("{\"answer\":3}", await TextAsync(later));
        await using var owner = NpgsqlDataSource.Create(_gateways.Postgres.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Cancellation);
        Assert.Equal([NameOf("old")], await connection.ListAsync(
            $"select name from gateway.idempotent_request where name in ({NameOf("old")}, {NameOf("older")})",
            row => row.GetString(0),
            Cancellation));
    }

    // As it is where it is too long, or none.
    private string NameOf(string key) => key.Length is > 0 and < 200 ? $"{key}-{_test}" : key;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static bool IsReplayed(HttpResponseMessage response) => Header(response, "Idempotent-Replayed") == "true";

    private static Task<string> TextAsync(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(Cancellation);

    private HttpRequestMessage Request(string key, string body, string path = Path, string? scopes = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", NameOf(key));
        if (scopes is not null)
        {
            request.Headers.Add("X-AiStack-Scopes", scopes);
        }

        return request;
    }

    private Task<HttpResponseMessage> PostAsync(
        string key,
        string body,
        int replica = 0,
        string path = Path,
        string? scopes = null,
        CancellationToken? cancellation = null) =>
        PostAsync(_gateways.Clients[replica], key, body, path, scopes, cancellation);

    private async Task<HttpResponseMessage> PostAsync(
        HttpClient client,
        string key,
        string body,
        string path = Path,
        string? scopes = null,
        CancellationToken? cancellation = null)
    {
        using var request = Request(key, body, path, scopes);
        return await client.SendAsync(request, cancellation ?? Cancellation);
    }

    private async Task<HttpResponseMessage> SendFormAsync(string text)
    {
        using var form = new MultipartFormDataContent { { new StringContent(text), "purpose" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files") { Content = form };
        request.Headers.Add("Idempotency-Key", NameOf("form"));
        return await _gateways.Clients[0].SendAsync(request, Cancellation);
    }

    private void CountUp() => _service.Script = (context, _) =>
        context.Response.WriteAsJsonAsync(new { answer = _service.Asked.Count });

    private async Task ExecuteAsync(Sql sql)
    {
        await using var owner = NpgsqlDataSource.Create(_gateways.Postgres.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, Cancellation);
    }
}
