using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving.Budgets;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>Several answers to one chat (<c>n</c>).</summary>
public sealed class ChatChoiceTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_answer_is_asked_by_itself_and_what_they_took_is_summed()
    {
        using var client = Start((context, asked) => Upstream.SayAsync(context, $"Answer {Seed(asked)}."));

        using var response = await AskAsync(client, n: 3, seed: 40);

        var chat = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        var choices = chat.GetProperty("choices").EnumerateArray().ToList();
        Assert.Equal([0, 1, 2], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(
            ["Answer 40.", "Answer 41.", "Answer 42."],
            choices.Select(choice => choice.GetProperty("message").GetProperty("content").GetString()));
        Assert.Equal(
            (120, 21),
            (chat.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(),
                chat.GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
    }

    [Fact]
    public async Task A_stream_tells_the_answers_as_they_come_by_their_index()
    {
        var second = new TaskCompletionSource();
        using var client = Start(async (context, asked) =>
        {
            // The first goes on only when words of the second are on their way.
            await (Seed(asked) == 40 ? second.Task : Task.CompletedTask);
            await Upstream.SayAsync(context, "One ", "two.");
            second.TrySetResult();
        });

        using var response = await AskAsync(
            client, n: 2, seed: 40, stream: true, options: new { include_usage = true });

        var text = await response.Content.ReadAsStringAsync(Token);
        var chunks = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).SkipLast(1)
            .Select(line => JsonElement.Parse(line["data: ".Length..])).ToList();
        var parts = chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).ToList();
        foreach (var index in new[] { 0, 1 })
        {
            var own = parts.Where(part => part.GetProperty("index").GetInt32() == index).ToList();
            Assert.Equal("assistant", own[0].GetProperty("delta").GetProperty("role").GetString());
            Assert.Equal("One two.", string.Concat(own.Select(Words)));
            Assert.Equal("stop", own[^1].GetProperty("finish_reason").GetString());
        }

        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal(94, chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_budget_that_has_no_room_for_all_refuses_before_a_model_is_asked(bool stream)
    {
        using var purse = Purse.Open(serving, PostgresFixture.NewProject());
        var budget = await purse.AllowAsync(2, "requests");
        serving.Upstream.Asked.Clear();
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");

        using var refused = await AskAsync(purse.Client, n: 3, stream: stream);
        using var granted = await AskAsync(purse.Client, n: 2, stream: stream);
        await granted.Content.ReadAsStringAsync(Token);

        Assert.Equal(
            (HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (refused.StatusCode, granted.StatusCode));
        Assert.Equal(2, serving.Upstream.Asked.Count);
        Assert.Equal((2, 0), await purse.StateAsync(budget));
        Assert.Equal(2, await purse.ReconcileAsync(budget));
    }

    [Fact]
    public async Task When_one_answer_fails_all_do_and_nothing_stays_reserved()
    {
        using var purse = Purse.Open(serving, PostgresFixture.NewProject());
        var budget = await purse.AllowAsync(1_000_000, "tokens");
        serving.Upstream.Script = async (context, asked) =>
        {
            if (Seed(asked) == 41)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            Upstream.Begin(context);
            await Upstream.SendAsync(context, Upstream.Chunk(new { content = "On and on. " }));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        using var failed = await AskAsync(purse.Client, n: 3, seed: 40);

        Assert.Equal(HttpStatusCode.BadRequest, failed.StatusCode);
        var state = await Eventually.ReadAsync(() => purse.StateAsync(budget), state => state.Reserved == 0);
        Assert.Equal(state.Spent, await purse.ReconcileAsync(budget));
    }

    [Theory]
    [InlineData("openai", 0, false, "'n' must be from 1 to 8.")]
    [InlineData("openai", 9, false, "'n' must be from 1 to 8.")]
    [InlineData("openai", 2, true, "One answer can be stored")]
    [InlineData("extractive", 2, false, "This model quotes its sources")]
    public async Task A_number_that_cannot_be_is_refused_by_name(string model, int n, bool store, string why)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        using var refused = await client.PostAsJsonAsync(
            "/v1/chat/completions",
            new { model, messages = new[] { new { role = "user", content = "x" } }, n, store },
            Token);

        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");
        Assert.Equal(
            (HttpStatusCode.BadRequest, "n"), (refused.StatusCode, error.GetProperty("param").GetString()));
        Assert.StartsWith(why, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static string? Words(JsonElement part) =>
        part.GetProperty("delta").TryGetProperty("content", out var words) ? words.GetString() : null;

    private static long Seed(string asked) => JsonElement.Parse(asked).GetProperty("seed").GetInt64();

    private static Task<HttpResponseMessage> AskAsync(
        HttpClient client, int n, long? seed = null, bool stream = false, object? options = null) =>
        client.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                model = "openai",
                messages = new[] { new { role = "user", content = "How are you?" } },
                n,
                seed,
                stream,
                stream_options = options,
            },
            Token);

    private HttpClient Start(Func<HttpContext, string, Task> script)
    {
        serving.Upstream.Script = script;
        return serving.Service.CreateClient(PostgresFixture.NewProject());
    }
}
