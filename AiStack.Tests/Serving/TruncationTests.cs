using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>Conversations that are too long, with <c>truncation: auto</c>.</summary>
public sealed class TruncationTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whole_turns_are_left_out_the_oldest_first_and_the_response_says_how_many_messages()
    {
        await using var service = serving.Start(("Serving:MaxInputCharacters", "1000"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");
        var input = new List<object> { Say("developer", "Be brief.") };
        for (var turn = 0; turn < 5; turn++)
        {
            input.Add(Say("user", $"Question {turn} {new string('x', 150)}"));
            input.Add(Say("assistant", $"Answer {turn} {new string('x', 150)}"));
        }

        input.Add(Say("user", "And now?"));

        using var refused = await AskAsync(client, input, "disabled");
        using var answered = await AskAsync(client, input, "auto");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var response = await answered.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal("auto", response.GetProperty("truncation").GetString());
        Assert.Equal("4", response.GetProperty("metadata").GetProperty("aistack.left_out_messages").GetString());
        var told = Told();
        Assert.Equal(
            ["system", "user", "assistant", "user", "assistant", "user", "assistant", "user"],
            told.Select(said => said.Role));
        Assert.StartsWith("Question 2", told[1].Text, StringComparison.Ordinal);
        Assert.Equal("And now?", told[^1].Text);
        var kept = await client.GetFromJsonAsync<JsonElement>(
            $"/v1/responses/{response.GetProperty("id").GetString()}/input_items?limit=100", Token);
        Assert.Equal(input.Count, kept.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task What_does_not_fit_the_models_window_is_left_out()
    {
        await using var service = serving.Start(("Serving:MaxInputCharacters", "400000"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");
        var words = string.Join(' ', Enumerable.Repeat("word", 1_000));
        var input = Enumerable.Range(0, 12).SelectMany(
            turn => new[] { Say("user", $"{turn} {words}"), Say("assistant", $"{turn}") }).ToList<object>();
        input.Add(Say("user", "And now?"));

        using var answered = await AskAsync(client, input, "auto", maxTokens: 1_000);

        // Of 8,192 tokens: 1,000 for the answer, a reserve, and what is left holds 5 or 6 turns.
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.InRange(Told().Count(said => said.Role == "user"), 6, 7);
        Assert.StartsWith("11 ", Told()[^3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_goes_with_its_turn_and_what_it_gave()
    {
        await using var service = serving.Start(("Serving:MaxInputCharacters", "1000"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");

        using var answered = await AskAsync(
            client,
            [
                Say("user", "Weather?"),
                new { type = "function_call", call_id = "c1", name = "weather", arguments = "{}" },
                new { type = "function_call_output", call_id = "c1", output = new string('x', 900) },
                Say("user", new string('y', 200)),
            ],
            "auto");

        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Equal(["user"], Told().Select(said => said.Role));
    }

    [Fact]
    public async Task A_last_turn_that_is_too_long_by_itself_is_refused_and_what_fits_is_left_alone()
    {
        await using var service = serving.Start(("Serving:MaxInputCharacters", "1000"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");

        using var refused = await AskAsync(client, [Say("user", "a"), Say("user", new string('x', 1_001))], "auto");
        using var answered = await AskAsync(client, [Say("user", "a"), Say("user", "b")], "auto");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("limit is 1000", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        var metadata = (await answered.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("metadata");
        Assert.False(metadata.TryGetProperty("aistack.left_out_messages", out _));
        Assert.Equal(2, Told().Count);
    }

    private static object Say(string role, string text) => new { type = "message", role, content = text };

    private static Task<HttpResponseMessage> AskAsync(
        HttpClient client, List<object> input, string truncation, int? maxTokens = null) =>
        client.PostAsJsonAsync(
            "/v1/responses", new { model = "openai", input, truncation, max_output_tokens = maxTokens }, Token);

    private List<(string? Role, string? Text)> Told() =>
    [
        .. JsonElement.Parse(serving.Upstream.Asked.Last()).GetProperty("messages").EnumerateArray().Select(
            message => (message.GetProperty("role").GetString(), TextOf(message.GetProperty("content")))),
    ];

    private static string? TextOf(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()
        : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
}
