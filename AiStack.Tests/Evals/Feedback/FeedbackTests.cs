using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Evals.Runs;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Evals.Feedback;

/// <summary>What people think of answers: kept once for each answer and author, in their project alone.</summary>
public sealed class FeedbackTests(EvalsFixture fixture) : IClassFixture<EvalsFixture>
{
    private readonly Id<Project> _project = PostgresFixture.NewProject();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("up", "responses")]
    [InlineData("down", "responses")]
    [InlineData("up", "chat.completions")]
    public async Task A_verdict_on_an_answer_of_either_API_is_kept_and_read_back(string verdict, string api)
    {
        using var http = fixture.Service.CreateClient(_project);
        var answer = await AnswerAsync(_project, api);

        using var response = await GiveAsync(http, new
        {
            response_id = answer, verdict, correction = "It is 27 days.", comment = "Too short.",
                user = "ada@example.com",
        });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var given = await ReadAsync(response);
        var read = await GetAsync(http, $"/api/feedback/{given.GetProperty("id").GetString()}");
        Assert.True(JsonElement.DeepEquals(given, read));
        Assert.Equal(answer, read.GetProperty("response_id").GetString());
        Assert.Equal(verdict, read.GetProperty("verdict").GetString());
        Assert.Equal("It is 27 days.", read.GetProperty("correction").GetString());
        Assert.Equal("Too short.", read.GetProperty("comment").GetString());
        Assert.Equal("ada@example.com", read.GetProperty("user").GetString());
    }

    [Fact]
    public async Task An_author_who_changes_their_mind_replaces_the_whole_of_what_they_said()
    {
        using var http = fixture.Service.CreateClient(_project);
        var answer = await AnswerAsync(_project);

        using var first = await GiveAsync(
            http, new { response_id = answer, verdict = "down", correction = "No.", comment = "Hm.", user = "ada" });
        using var other = await GiveAsync(http, new { response_id = answer, verdict = "down", user = "grace" });
        using var second = await GiveAsync(
            http, new { response_id = answer, verdict = "up", comment = "Yes.", user = "ada" });

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal((await ReadAsync(first)).GetProperty("id").GetString(), (await ReadAsync(second))
            .GetProperty("id").GetString());
        var all = await ListAsync(http, "");
        Assert.Equal(["down", "up"], all.Select(item => item.GetProperty("verdict").GetString()));
        Assert.Equal([null, "Yes."], all.Select(item => item.GetProperty("comment").GetString()));
        Assert.All(all, item => Assert.Equal(JsonValueKind.Null, item.GetProperty("correction").ValueKind));
    }

    [Fact]
    public async Task Without_a_user_the_key_is_the_author_and_two_keys_are_two()
    {
        using var first = fixture.Service.CreateClient(_project);
        using var second = fixture.Service.CreateClient(_project);
        var answer = await AnswerAsync(_project);

        using var one = await GiveAsync(first, new { response_id = answer, verdict = "up" });
        using var two = await GiveAsync(second, new { response_id = answer, verdict = "down" });

        var authors = (await ListAsync(first, "")).Select(item => item.GetProperty("user").GetString()!).ToList();
        Assert.Equal(2, authors.Distinct().Count());
        Assert.All(authors, author => Assert.StartsWith("key_", author, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Feedback_is_listed_by_page_newest_first_and_filtered()
    {
        using var http = fixture.Service.CreateClient(_project);
        var answers = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            answers.Add(await AnswerAsync(_project));
            using var given = await GiveAsync(
                http, new { response_id = answers[i], verdict = i % 2 == 0 ? "up" : "down", user = $"u{i}" });
        }

        var page = await GetAsync(http, "/api/feedback?limit=2");
        Assert.True(page.GetProperty("has_more").GetBoolean());
        var rest = await GetAsync(http, $"/api/feedback?limit=9&after={page.GetProperty("last_id").GetString()}");

        Assert.False(rest.GetProperty("has_more").GetBoolean());
        string?[] paged =
        [
            .. page.GetProperty("data").EnumerateArray().Concat(rest.GetProperty("data").EnumerateArray())
                .Select(item => item.GetProperty("response_id").GetString()),
        ];
        Assert.Equal(Enumerable.Reverse(answers), paged);
        Assert.Equal(3, (await ListAsync(http, "?verdict=up")).Count);
        Assert.Equal(2, (await ListAsync(http, "?verdict=down")).Count);
        Assert.Single(await ListAsync(http, $"?response_id={answers[3]}"));
        Assert.Single(await ListAsync(http, "?user=u4"));
        Assert.Equal(5, (await ListAsync(http, "?since=1")).Count);
        Assert.Empty(await ListAsync(http, "?since=32503680000"));
    }

    [Fact]
    public async Task Verdicts_and_corrections_are_counted()
    {
        using var http = fixture.Service.CreateClient(_project);
        var answer = await AnswerAsync(_project);
        using var first = await GiveAsync(http, new { response_id = answer, verdict = "up", user = "ada" });
        using var second = await GiveAsync(
            http, new { response_id = answer, verdict = "down", user = "grace", correction = "x" });
        using var third = await GiveAsync(
            http, new { response_id = answer, verdict = "down", user = "alan", correction = "  " });

        var counts = await GetAsync(http, "/api/feedback/counts");
        var none = await GetAsync(http, "/api/feedback/counts?since=32503680000");

        Assert.Equal(
            (1, 2, 3, 1),
            (Number(counts, "up"), Number(counts, "down"), Number(counts, "total"), Number(counts, "corrections")));
        Assert.Equal(0, Number(none, "total"));
    }

    [Fact]
    public async Task Feedback_can_be_taken_back()
    {
        using var http = fixture.Service.CreateClient(_project);
        using var given = await GiveAsync(http, new { response_id = await AnswerAsync(_project), verdict = "up" });
        var path = new Uri($"/api/feedback/{(await ReadAsync(given)).GetProperty("id").GetString()}", UriKind.Relative);

        using var deleted = await http.DeleteAsync(path, Cancellation);
        using var again = await http.DeleteAsync(path, Cancellation);

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Empty(await ListAsync(http, ""));
    }

    [Fact]
    public async Task Another_projects_answers_and_feedback_are_not_found()
    {
        using var http = fixture.Service.CreateClient(_project);
        using var stranger = fixture.Service.CreateClient(PostgresFixture.NewProject());
        var answer = await AnswerAsync(_project);
        using var given = await GiveAsync(http, new { response_id = answer, verdict = "up" });
        var path = new Uri($"/api/feedback/{(await ReadAsync(given)).GetProperty("id").GetString()}", UriKind.Relative);

        using var onTheirs = await GiveAsync(stranger, new { response_id = answer, verdict = "down" });
        using var read = await stranger.GetAsync(path, Cancellation);
        using var deleted = await stranger.DeleteAsync(path, Cancellation);

        await AssertRefusedAsync(onTheirs, HttpStatusCode.NotFound, "response_id", "no such answer");
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, deleted.StatusCode);
        Assert.Empty(await ListAsync(stranger, ""));
        Assert.Single(await ListAsync(http, ""));
    }

    [Theory]
    [InlineData("resp_00000000000000000000000000000001")]
    [InlineData("resp_x")]
    [InlineData("file-00000000000000000000000000000001")]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_answer_that_is_not_there_is_not_found(string? id)
    {
        using var http = fixture.Service.CreateClient(_project);

        using var response = await GiveAsync(http, new { response_id = id, verdict = "up" });

        await AssertRefusedAsync(response, HttpStatusCode.NotFound, "response_id", "no such answer");
    }

    [Fact]
    public async Task An_answer_is_named_by_the_API_that_gave_it()
    {
        using var http = fixture.Service.CreateClient(_project);
        var response = await AnswerAsync(_project);

        using var asChat = await GiveAsync(http,
            new { response_id = response.Replace("resp_", "chatcmpl-", StringComparison.Ordinal), verdict = "up" });

        Assert.Equal(HttpStatusCode.NotFound, asChat.StatusCode);
    }

    [Theory]
    [InlineData("""{"verdict":"meh"}""", "verdict", "'up' or 'down'")]
    [InlineData("""{"verdict":null}""", "verdict", "'up' or 'down'")]
    [InlineData("""{"verdict":1}""", "verdict", "type")]
    [InlineData("""{"stars":5,"verdict":"up"}""", "stars", "not known")]
    [InlineData("""{"verdict":"up","user":" "}""", "user", "name a person")]
    [InlineData("""{"verdict":"up","user":"key_00000000000000000000000000000001"}""", "user", "a key's id")]
    [InlineData("""{"verdict":"up","comment":"a\u0000b"}""", "comment", "U+0000")]
    public async Task Feedback_that_says_nothing_clear_is_refused_by_field(
        string body, string parameter, string message)
    {
        using var http = fixture.Service.CreateClient(_project);
        var request = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(body)!;
        request["response_id"] = JsonSerializer.SerializeToElement(await AnswerAsync(_project));

        using var response = await GiveAsync(http, request);

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, parameter, message);
    }

    [Theory]
    [InlineData("correction", 20_000)]
    [InlineData("comment", 4_000)]
    [InlineData("user", 256)]
    public async Task A_text_of_the_limit_is_kept_and_a_longer_one_is_refused_with_the_limit(string field, int limit)
    {
        using var http = fixture.Service.CreateClient(_project);
        var answer = await AnswerAsync(_project);
        Dictionary<string, string> Request(int length) => new()
        {
            ["response_id"] = answer, ["verdict"] = "down", [field] = new string('é', length),
        };

        using var fits = await GiveAsync(http, Request(limit));
        using var tooLong = await GiveAsync(http, Request(limit + 1));

        Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
        await AssertRefusedAsync(tooLong, HttpStatusCode.BadRequest, field, $"the limit is {limit}");
    }

    [Theory]
    [InlineData("verdict=meh", "verdict")]
    [InlineData("since=yesterday", "since")]
    [InlineData("since=-1", "since")]
    [InlineData("since=99999999999999", "since")]
    [InlineData("response_id=x", "response_id")]
    [InlineData("limit=0", "limit")]
    [InlineData("after=fdbk_1", "after")]
    public async Task A_list_that_cannot_be_is_refused_by_parameter(string query, string parameter)
    {
        using var http = fixture.Service.CreateClient(_project);

        using var response = await http.GetAsync(new Uri($"/api/feedback?{query}", UriKind.Relative), Cancellation);

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, parameter, parameter);
    }

    [Fact]
    public async Task A_key_may_read_feedback_or_give_it_by_its_scopes_alone()
    {
        using var reader = fixture.Service.CreateClient(_project, Scopes.FeedbackRead);
        using var writer = fixture.Service.CreateClient(_project, Scopes.FeedbackWrite);
        var answer = await AnswerAsync(_project);

        using var given = await GiveAsync(writer, new { response_id = answer, verdict = "up" });
        using var refused = await GiveAsync(reader, new { response_id = answer, verdict = "up" });
        using var unread = await writer.GetAsync(new Uri("/api/feedback", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Created, given.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, unread.StatusCode);
        Assert.Single(await ListAsync(reader, ""));
    }

    private async Task<string> AnswerAsync(Id<Project> project, string api = "responses")
    {
        var id = Id<Response>.New();
        await fixture.AnswerAsync(project, id.Value, api, Cancellation);
        return api == "responses" ? id.ToString() : new Id<ChatCompletion>(id.Value).ToString();
    }

    private static Task<HttpResponseMessage> GiveAsync(HttpClient http, object feedback) =>
        http.PostAsJsonAsync("/api/feedback", feedback, Cancellation);

    private static async Task<List<JsonElement>> ListAsync(HttpClient http, string query) =>
        [.. (await GetAsync(http, $"/api/feedback{query}")).GetProperty("data").EnumerateArray()];

    private static async Task<JsonElement> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return await ReadAsync(response);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    private static int Number(JsonElement counts, string name) => counts.GetProperty(name).GetInt32();

    private static async Task AssertRefusedAsync(
        HttpResponseMessage response, HttpStatusCode status, string parameter, string message)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(status == response.StatusCode, body);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
        Assert.Contains(message, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
