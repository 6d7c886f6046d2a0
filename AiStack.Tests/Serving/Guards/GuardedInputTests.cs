using System.Net;
using System.Text.Json;
using AiStack.Serving.Guards;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving.Registry;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiStack.Tests.Serving.Guards;

/// <summary>What goes into a model, by the policy of the project.</summary>
public sealed class GuardedInputTests : IClassFixture<RoutedServing>
{
    private const string Key = "sk-proj-Ab1cdefghijklmnopqrst";
    private const string Said = $"I am ann@example.com and my key is {Key}.";
    private const string Masked = "I am [EMAIL] and my key is [OPENAI_KEY].";

    private static readonly object _mask = new
    {
        pii = new { input = "mask" }, secrets = new { input = "mask" },
    };

    private readonly RoutedServing _serving;

    public GuardedInputTests(RoutedServing serving)
    {
        _serving = serving;
        serving.First.Script = GuardCalls.Says("Hello.");
    }

    public static TheoryData<string, string> Apis => new()
    {
        { "/v1/responses", $$"""{"model":"openai","input":"{{Said}}"}""" },
        { "/v1/chat/completions", $$"""{"model":"openai","messages":[{"role":"user","content":"{{Said}}"}]}""" },
        { "/v1/completions", $$"""{"model":"openai","prompt":"{{Said}}"}""" },
        { "/v1/messages", $$"""{"model":"openai","max_tokens":9,"messages":[{"role":"user","content":"{{Said}}"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_model_gets_what_it_is_asked_without_what_is_masked(string path, string request)
    {
        using var client = await _serving.GuardedAsync(_mask);

        await client.OkAsync(path, JsonElement.Parse(request));

        Assert.Contains(Masked, _serving.First.LastMessages());
        Assert.DoesNotContain("example.com", _serving.First.Asked.Last());
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task What_is_blocked_is_refused_before_a_model_is_asked_and_not_repeated(string path, string request)
    {
        using var client = await _serving.GuardedAsync(GuardCalls.Secrets(input: "block"));
        var asked = _serving.First.Asked.Count;

        foreach (var stream in new[] { false, true })
        {
            var json = System.Text.Json.Nodes.JsonNode.Parse(request)!;
            json["stream"] = stream;
            var (status, body) = await client.SendAsync(path, json);

            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("'secrets'", body.GetProperty("error").GetProperty("message").GetString());
            Assert.Contains("'openai_key'", body.GetProperty("error").GetProperty("message").GetString());
            Assert.DoesNotContain("Ab1cdef", body.GetRawText());
            Assert.True(path == "/v1/messages"
                || body.GetProperty("error").GetProperty("code").GetString() == "content_blocked");
        }

        Assert.Equal(asked, _serving.First.Asked.Count);
    }

    [Fact]
    public async Task What_is_flagged_passes_and_is_said_on_the_answer_and_counted_in_the_records()
    {
        using var client = await _serving.GuardedAsync(new
        {
            pii = new { input = "flag" }, secrets = new { input = "mask" },
        });

        var answer = await client.OkAsync(
            "/v1/responses", new { model = "openai", input = $"{Said} Or bob@example.com." });

        Assert.Contains("ann@example.com", _serving.First.LastMessages());
        Assert.Equal("input pii.email flag 2; input secrets.openai_key mask 1", answer.Told());
        var found = (await client.ReadAsync("/api/guards/findings")).GetProperty("data");
        Assert.Equal(
            [("pii", "email", "flag", 2, 1), ("secrets", "openai_key", "mask", 1, 1)],
            found.EnumerateArray().Select(entry => (
                entry.GetProperty("guard").GetString()!, entry.GetProperty("kind").GetString()!,
                entry.GetProperty("action").GetString()!, entry.GetProperty("count").GetInt32(),
                entry.GetProperty("answers").GetInt32())));
    }

    [Fact]
    public async Task A_project_without_a_policy_and_another_project_are_left_alone()
    {
        using var guarded = await _serving.GuardedAsync(_mask);
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());

        var answer = await client.OkAsync("/v1/responses", new { model = "openai", input = Said });

        Assert.Contains(Said, _serving.First.LastMessages());
        Assert.Null(answer.Told());
        var policy = (await client.ReadAsync("/api/guards")).GetProperty("policy");
        Assert.Equal("off", policy.GetProperty("pii").GetProperty("input").GetString());
    }

    [Fact]
    public async Task Every_replica_goes_by_a_new_policy_within_a_second()
    {
        var project = PostgresFixture.NewProject();
        using var client = _serving.Service.CreateClient(project);
        using var other = _serving.Replica.CreateClient(project);
        await other.AskAsync("openai");

        await client.SetGuardsAsync(_mask);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await other.OkAsync("/v1/responses", new { model = "openai", input = Said });

        Assert.Contains(Masked, _serving.First.LastMessages());
    }

    [Fact]
    public async Task All_that_a_model_is_told_is_looked_at()
    {
        using var client = await _serving.GuardedAsync(_mask);
        const string arguments = """{"to":"a\u0040example.com","card":4111111111111111}""";

        await client.OkAsync("/v1/chat/completions", new
        {
            model = "openai",
            messages = new object[]
            {
                new { role = "system", content = "Answer for sys@example.com." },
                new { role = "user", content = new[] { new { type = "text", text = $"Key {Key}." } } },
                new
                {
                    role = "assistant",
                    tool_calls = new[]
                    {
                        new { id = "call_1", type = "function", function = new { name = "f", arguments } },
                    },
                },
                new { role = "tool", tool_call_id = "call_1", content = "Sent to b@example.com." },
                new { role = "user", content = "Thanks." },
            },
            tools = new[] { new { type = "function", function = new { name = "f" } } },
        });

        var told = _serving.First.LastMessages();
        Assert.Contains("Answer for [EMAIL].", told);
        Assert.Contains("Key [OPENAI_KEY].", told);
        Assert.Contains("Sent to [EMAIL].", told);
        Assert.Contains("[CARD]", told);
        Assert.DoesNotContain("example.com", told);
        Assert.DoesNotContain("4111", told);
    }

    [Fact]
    public async Task Instructions_and_earlier_turns_are_looked_at()
    {
        using var client = await _serving.GuardedAsync(_mask);
        var first = await client.OkAsync("/v1/responses", new { model = "openai", input = Said });

        await client.OkAsync("/v1/responses", new
        {
            model = "openai", input = "And?", instructions = "You are bot@example.com.",
            previous_response_id = first.GetProperty("id").GetString(),
        });

        Assert.Contains("You are [EMAIL].", _serving.First.LastMessages());
        Assert.Contains(Masked, _serving.First.LastMessages());
    }

    [Fact]
    public async Task An_attached_file_counts_to_the_size()
    {
        using var client = await _serving.GuardedAsync(new { size = new { input = "block", max_characters = 1_000 } });
        var data = Convert.ToBase64String(new byte[5_000].Select(_ => (byte)'a').ToArray());
        object[] content =
        [
            new { type = "input_text", text = "What is in it?" },
            new { type = "input_file", filename = "a.txt", file_data = $"data:text/plain;base64,{data}" },
        ];

        var (status, body) = await client.SendAsync(
            "/v1/responses", new { model = "openai", input = new[] { new { role = "user", content } } });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("content_blocked", body.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_is_too_long_is_refused_and_topics_are_found_over_spaces()
    {
        using var client = await _serving.GuardedAsync(new
        {
            size = new { input = "block", max_characters = 100 },
            topics = new { input = "mask", phrases = new[] { "Project Blue Bird" } },
        });

        await client.OkAsync("/v1/responses", new { model = "openai", input = "Is project  blue-bird late?" });
        var (status, body) = await client.SendAsync(
            "/v1/responses", new { model = "openai", input = new string('x', 101) });

        Assert.Contains("Is [TOPIC] late?", _serving.First.LastMessages());
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("101 characters", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("block", HttpStatusCode.ServiceUnavailable)]
    [InlineData("mask", HttpStatusCode.OK)]
    [InlineData("flag", HttpStatusCode.OK)]
    public async Task A_guard_that_fails_refuses_where_it_blocks_and_lets_pass_elsewhere(
        string action, HttpStatusCode expected)
    {
        var project = PostgresFixture.NewProject();
        using var setter = _serving.Service.CreateClient(project);
        await setter.SetGuardsAsync(GuardCalls.Pii(input: action));
        await using var broken = _serving.Service.WithWebHostBuilder(host => host.ConfigureTestServices(services =>
            services.AddSingleton(new Guard(GuardNames.Pii, (_, _) => throw new InvalidOperationException(Said)))));
        using var client = broken.CreateClient();
        client.DefaultRequestHeaders.Authorization = setter.DefaultRequestHeaders.Authorization;
        var asked = _serving.First.Asked.Count;

        var (status, body) = await client.SendAsync("/v1/responses", new { model = "openai", input = "Hello?" });

        Assert.Equal(expected, status);
        Assert.Equal(asked + (expected == HttpStatusCode.OK ? 1 : 0), _serving.First.Asked.Count);
        Assert.True(expected == HttpStatusCode.OK
            || body.GetProperty("error").GetProperty("code").GetString() == "guard_failed");
    }

    [Theory]
    [InlineData("""{"pii":{"input":"drop"}}""", "pii.input")]
    [InlineData("""{"injection":{"passages":"1"}}""", "injection.passages")]
    [InlineData("""{"topics":{"output":"block"}}""", "topics.phrases")]
    [InlineData("""{"topics":{"output":"block","phrases":["(("]}}""", "topics.phrases")]
    [InlineData("""{"size":{"input":"mask","max_characters":5}}""", "size.input")]
    [InlineData("""{"size":{"input":"block"}}""", "size.max_characters")]
    [InlineData("""{"pii":{"inputs":"off"}}""", null)]
    public async Task A_policy_that_cannot_be_is_refused_by_its_field(string policy, string? field)
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());

        var (status, body) = await client.PutAsync(JsonElement.Parse(policy));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.True(field is null || body.GetProperty("parameter").GetString() == field, body.GetRawText());
    }

    [Fact]
    public async Task A_trial_tells_what_would_be_found()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());

        var trial = await client.OkAsync("/api/guards/try", new { text = Said, phrases = new[] { "my key" } });

        Assert.Equal("I am [EMAIL] and [TOPIC] is [OPENAI_KEY].", trial.GetProperty("masked").GetString());
        Assert.Equal(
            ["pii.email 5-20", "topics.topic 25-31", "secrets.openai_key 35-64"],
            trial.GetProperty("findings").EnumerateArray().Select(found =>
                $"{found.GetProperty("guard")}.{found.GetProperty("kind")} "
                + $"{found.GetProperty("start")}-{found.GetProperty("end")}"));
        Assert.Equal(0, (await client.ReadAsync("/api/guards/findings")).GetProperty("data").GetArrayLength());
    }
}
