using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Serving.Registry;

/// <summary>Versions never change, and aliases move between them in one call.</summary>
public sealed class RegistryTests : IClassFixture<RoutedServing>
{
    private readonly RoutedServing _serving;

    public RegistryTests(RoutedServing serving)
    {
        _serving = serving;
        serving.First.Script = (context, _) => Upstream.SayAsync(context, "From the first.");
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_promoted_version_answers_for_its_alias_on_every_replica()
    {
        var project = PostgresFixture.NewProject();
        using var client = _serving.Service.CreateClient(project);
        using var replica = _serving.Replica.CreateClient(project);
        var one = await client.RegisterAsync("support", "openai");
        var two = await client.RegisterAsync("support", "backup");

        await client.PromoteAsync("helper", one);
        var first = await client.AskAsync("helper");
        await client.PromoteAsync("helper", two);
        var second = await client.AskAsync("helper");
        var there = await Eventually.ReadAsync(
            () => replica.AskAsync("helper"), answer => answer.GetProperty("model").GetString() == two);

        Assert.Equal(("support@1", "support@2"), (one, two));
        Assert.Equal((one, "From the first."), (first.GetProperty("model").GetString(), first.Text()));
        Assert.Equal((two, "From the backup."), (second.GetProperty("model").GetString(), second.Text()));
        Assert.Equal("From the backup.", there.Text());
        Assert.Equal(
            [("helper", one, "openai"), ("helper", two, "backup")],
            (await _serving.RecordsAsync(project)).Select(record => (record.Model, record.Version, record.Engine))
                .Distinct());
    }

    [Fact]
    public async Task A_version_says_what_it_asks_for_and_the_request_has_the_last_word()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/models/terse/versions", new
        {
            targets = new[] { new { engine = "backup", model = "scripted-9" } },
            instructions = "Be terse.",
            temperature = .25,
            max_output_tokens = 77,
            reasoning_effort = "low",
        });

        await client.OkAsync("/v1/responses", new { model = "terse@1", input = "Hello?", instructions = "In French." });
        var asked = JsonElement.Parse(_serving.Backup.Asked.Last());
        await client.OkAsync("/v1/responses", new { model = "terse@1", input = "Hello?", temperature = 1 });
        var warm = JsonElement.Parse(_serving.Backup.Asked.Last());

        Assert.Equal("scripted-9", asked.GetProperty("model").GetString());
        Assert.Equal("Be terse.\n\nIn French.", asked.GetProperty("messages")[0].GetProperty("content").GetString());
        Assert.Equal(.25, asked.GetProperty("temperature").GetDouble());
        Assert.Equal(77, asked.GetProperty("max_tokens").GetInt32());
        Assert.Equal("low", asked.GetProperty("reasoning_effort").GetString());
        Assert.Equal(1, warm.GetProperty("temperature").GetDouble());
    }

    [Fact]
    public async Task The_turns_of_a_conversation_get_one_version_and_conversations_get_their_shares()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        var one = await client.RegisterAsync("support", "openai");
        var two = await client.RegisterAsync("support", "backup");
        await client.PromoteAsync("helper", one);
        await client.PromoteAsync("helper", two, percent: 50);
        HashSet<string> seen = [];

        for (var conversation = 0; seen.Count < 2; conversation++)
        {
            Assert.InRange(conversation, 0, 60); // By chance all alike once in 2^60.
            var first = await client.AskAsync("helper");
            var version = first.GetProperty("model").GetString()!;
            seen.Add(version);
            var last = first;
            for (var turn = 0; turn < 4; turn++)
            {
                last = await client.OkAsync("/v1/responses", new
                {
                    model = "helper", input = $"And {turn}?", previous_response_id = last.GetProperty("id").GetString(),
                });
                Assert.Equal(version, last.GetProperty("model").GetString());
            }
        }

        var kept = (await client.OkAsync("/v1/conversations", new { })).GetProperty("id").GetString();
        var versions = new HashSet<string>();
        for (var turn = 0; turn < 6; turn++)
        {
            var said = await client.OkAsync(
                "/v1/responses", new { model = "helper", input = $"Turn {turn}?", conversation = kept });
            versions.Add(said.GetProperty("model").GetString()!);
        }

        Assert.Single(versions);
    }

    [Fact]
    public async Task Default_can_be_moved_and_goes_back_to_the_settings()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        var version = await client.RegisterAsync("support", "backup");

        await client.PromoteAsync("default", version);
        var moved = await client.AskAsync("default");
        var back = await client.RollBackAsync("default");
        var settings = await client.AskAsync("default");

        Assert.Equal(version, moved.GetProperty("model").GetString());
        Assert.Equal(0, back.GetProperty("restores").GetInt32());
        Assert.Equal("extractive", settings.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Rolling_back_goes_back_a_change_at_a_time_and_never_forward()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        foreach (var engine in new[] { "openai", "backup", "extractive", "openai" })
        {
            await client.PromoteAsync("helper", await client.RegisterAsync("support", engine));
        }

        List<string> answered = [];
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await client.RollBackAsync("helper");
            answered.Add((await client.AskAsync("helper")).GetProperty("model").GetString()!);
        }

        // A change after a rollback goes back to what the rollback had brought.
        await client.PromoteAsync("helper", "support@4");
        await client.RollBackAsync("helper");
        answered.Add((await client.AskAsync("helper")).GetProperty("model").GetString()!);
        await client.RollBackAsync("helper");
        answered.Add((await client.AskAsync("helper")).GetProperty("model").GetString()!);
        var (status, body) = await client.SendAsync("/api/models/helper/rollback", new { reason = "Once more." });

        Assert.Equal(["support@3", "support@2", "support@2", "support@1"], answered);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("no way back", body.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_history_says_what_answered_at_any_instant_and_why()
    {
        var project = PostgresFixture.NewProject();
        using var client = _serving.Service.CreateClient(project);
        await client.RegisterAsync("support", "openai");
        await client.RegisterAsync("support", "backup");
        await client.OkAsync("/api/models/helper/promote", new { version = "support@1", reason = "First." });
        var between = TimeProvider.System.GetUtcNow();
        await client.OkAsync("/api/models/helper/promote", new
        {
            version = "support@2", reason = "Better.", evidence = "evalrun_1",
        });

        var history = await client.GetFromJsonAsync<JsonElement>("/api/models/helper/history", Cancellation);
        var then = await client.GetFromJsonAsync<JsonElement>(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"/api/models/helper/history?at={(between - DateTimeOffset.UnixEpoch).TotalSeconds:F6}"),
            Cancellation);

        Assert.Equal(
            [("support@2", "Better.", "evalrun_1"), ("support@1", "First.", null)],
            history.GetProperty("data").EnumerateArray().Select(change => (
                change.GetProperty("version").GetString()!,
                change.GetProperty("reason").GetString()!,
                change.GetProperty("evidence").GetString())));
        Assert.Equal("support@1", then.GetProperty("data")[0].GetProperty("version").GetString());
    }

    [Fact]
    public async Task Shares_are_kept_and_the_same_person_gets_the_same_version()
    {
        var project = PostgresFixture.NewProject();
        using var client = _serving.Service.CreateClient(project);
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai"));
        var canary = await client.RegisterAsync("support", "backup");

        var route = await client.PromoteAsync("helper", canary, percent: 20);
        List<string> people = [];
        foreach (var i in Enumerable.Range(0, 100))
        {
            var answer = await client.AskAsync("helper", user: $"person {i}");
            people.Add(answer.GetProperty("model").GetString()!);
        }

        var again = await client.AskAsync("helper", user: "person 7");
        Assert.Equal(
            [("support@1", 80), ("support@2", 20)],
            route.GetProperty("shares").EnumerateArray().Select(share =>
                (share.GetProperty("version").GetString()!, share.GetProperty("percent").GetInt32())));
        // Of 100 at .2, fewer than 8 or more than 35 come by chance once in some thousand times; and these people are
        // always the same.
        Assert.InRange(people.Count(version => version == canary), 8, 35);
        Assert.Equal(people[7], again.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Two_promotions_at_once_are_two_changes_and_one_of_two_that_saw_the_same_is_refused()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        using var replica = _serving.Replica.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai"));
        await client.RegisterAsync("support", "backup");

        var plain = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            client.PromoteAsync("helper", $"support@{(i % 2) + 1}")));
        var number = plain.Max(change => change.GetProperty("number").GetInt32());
        var careful = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.SendAsync(
            "/api/models/helper/promote",
            new { version = $"support@{(i % 2) + 1}", reason = "A test.", if_number = number })));

        Assert.Equal(
            Enumerable.Range(2, 8), plain.Select(change => change.GetProperty("number").GetInt32()).Order());
        Assert.Single(careful, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(7, careful.Count(answer => answer.Status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Another_project_knows_nothing_of_it()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        using var other = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "backup"));
        await client.PromoteAsync("default", "support@1");

        var (alias, _) = await other.SendAsync("/v1/responses", new { model = "helper", input = "Hello?" });
        var (version, _) = await other.SendAsync("/v1/responses", new { model = "support@1", input = "Hello?" });
        var (promoted, _) = await other.SendAsync(
            "/api/models/mine/promote", new { version = "support@1", reason = "Mine." });
        using var history = await other.GetAsync("/api/models/helper/history", Cancellation);
        var registry = await other.GetFromJsonAsync<JsonElement>("/api/models/registry", Cancellation);
        var settings = await other.AskAsync("default");

        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (alias, version, promoted, history.StatusCode));
        Assert.Equal(0, registry.GetProperty("aliases").GetArrayLength());
        Assert.Equal(0, registry.GetProperty("versions").GetArrayLength());
        Assert.Equal("extractive", settings.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Aliases_are_models_that_clients_find()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "backup"));

        var models = await client.GetFromJsonAsync<JsonElement>("/v1/models", Cancellation);
        using var one = await client.GetAsync("/v1/models/helper", Cancellation);

        Assert.Equal(
            ["backup", "default", "extractive", "helper", "openai"],
            models.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.OK, one.StatusCode);
    }

    [Fact]
    public async Task A_version_and_a_change_cannot_be_changed_even_in_the_database()
    {
        var project = PostgresFixture.NewProject();
        using var client = _serving.Service.CreateClient(project);
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "backup"));

        foreach (var statement in new[]
        {
            "update serving.model_version set number = 7", "update serving.route_change set reason = 'Another.'",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => _serving.ExecuteAsync(project, statement));
            Assert.Contains("never changes", refused.MessageText);
        }
    }

    [Theory]
    [InlineData("support", """{"targets":[]}""", "targets")]
    [InlineData("support", """{"targets":[{"engine":"nobody"}]}""", "targets[0].engine")]
    [InlineData("support", """{"targets":[{"engine":"default"}]}""", "targets[0].engine")]
    [InlineData("support", """{"targets":[{"engine":"extractive","model":"x"}]}""", "targets[0].model")]
    [InlineData("support", """{"targets":[null]}""", "targets[0].engine")]
    [InlineData("support", """{"targets":[{"engine":"openai"}],"balance":"round_robin"}""", "balance")]
    [InlineData("support", """{"targets":[{"engine":"openai"}],"temperature":9}""", "temperature")]
    [InlineData("support", """{"targets":[{"engine":"openai"}],"card":[]}""", "card")]
    [InlineData("Support", """{"targets":[{"engine":"openai"}]}""", "model")]
    [InlineData("openai", """{"targets":[{"engine":"openai"}]}""", "model")]
    [InlineData("backup", """{"targets":[{"engine":"openai"}]}""", "model")]
    public async Task A_version_that_could_not_answer_is_refused_by_name(string model, string request, string field)
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());

        var (status, body) = await client.SendAsync($"/api/models/{model}/versions", JsonElement.Parse(request));

        Assert.Equal(
            (HttpStatusCode.BadRequest, field),
            (status, body.GetProperty("parameter").GetString()));
    }

    [Theory]
    [InlineData("""{"version":"support@1"}""", "reason", 400)]
    [InlineData("""{"version":"support","reason":"x"}""", "version", 400)]
    [InlineData("""{"version":"support@9","reason":"x"}""", "version", 404)]
    [InlineData("""{"version":"support@1","reason":"x","percent":0}""", "percent", 400)]
    [InlineData("""{"version":"support@1","reason":"x","percent":50}""", "percent", 400)]
    [InlineData("""{"version":"support@1","reason":"x","limits":{}}""", "limits", 400)]
    [InlineData("""{"version":"support@1","reason":"x","limits":{"max_error_rate":2}}""", "limits.max_error_rate", 400)]
    [InlineData("""{"version":"support@1","reason":"x","if_number":4}""", "if_number", 409)]
    public async Task A_promotion_that_makes_no_sense_is_refused_by_name(string request, string field, int status)
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.RegisterAsync("support", "openai");

        var (code, body) = await client.SendAsync("/api/models/helper/promote", JsonElement.Parse(request));

        Assert.Equal((status, field), ((int)code, body.GetProperty("parameter").GetString()));
    }

    [Fact]
    public async Task Who_may_only_read_models_moves_none()
    {
        var project = PostgresFixture.NewProject();
        using var client = _serving.Service.CreateClient(project);
        using var reader = _serving.Service.CreateClient(project, Scopes.ModelsRead, Scopes.ChatWrite);
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "backup"));

        using var seen = await reader.GetAsync("/api/models/registry", Cancellation);
        var (promoted, _) = await reader.SendAsync(
            "/api/models/helper/promote", new { version = "support@1", reason = "x" });
        var (back, _) = await reader.SendAsync("/api/models/helper/rollback", new { reason = "x" });
        var (made, _) = await reader.SendAsync(
            "/api/models/support/versions", new { targets = new[] { new { engine = "openai" } } });

        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (promoted, back, made));
    }
}
