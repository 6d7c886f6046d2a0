using System.Net;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Serving.Registry;

/// <summary>Prompts of the project's own, which requests and versions of models name.</summary>
public sealed class PromptTests : IClassFixture<RoutedServing>
{
    private readonly RoutedServing _serving;

    public PromptTests(RoutedServing serving)
    {
        _serving = serving;
        serving.First.Script = (context, _) => Upstream.SayAsync(context, "Hello.");
    }

    [Fact]
    public async Task A_response_is_asked_for_by_a_prompt_with_its_places_filled()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/prompts/greeting/versions", new { text = "Greet {{ name }}, who is {{name}}." });
        await client.OkAsync("/api/prompts/greeting/versions", new { text = "Say goodbye to {{name}}." });
        await client.OkAsync("/api/prompts/greeting/labels/production", new { number = 1 });

        var asked = new List<string?>();
        foreach (var prompt in new object[]
        {
            new { id = "greeting", version = "2", variables = new { name = "{{name}} <Ann>" } },
            new { id = "greeting", version = "production", variables = new { name = "Ann" } },
            new { id = "greeting", variables = new { name = "Ann" } },
        })
        {
            var answer = await client.OkAsync(
                "/v1/responses", new { model = "openai", input = "Hi.", prompt, instructions = "Be brief." });
            Assert.Equal("greeting", answer.GetProperty("prompt").GetProperty("id").GetString());
            asked.Add(JsonElement.Parse(_serving.First.Asked.Last())
                .GetProperty("messages")[0].GetProperty("content").GetString());
        }

        Assert.Equal(
            [
                "Say goodbye to {{name}} <Ann>.\n\nBe brief.",
                "Greet Ann, who is Ann.\n\nBe brief.",
                "Greet Ann, who is Ann.\n\nBe brief.",
            ],
            asked);
    }

    [Fact]
    public async Task A_version_of_a_model_keeps_the_prompt_that_it_was_registered_with()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/prompts/style/versions", new { text = "Be terse." });
        var version = await client.OkAsync("/api/models/support/versions", new
        {
            targets = new[] { new { engine = "openai" } }, prompt = "style@1",
        });
        await client.OkAsync("/api/prompts/style/versions", new { text = "Be verbose." });

        await client.AskAsync("support@1");

        var asked = JsonElement.Parse(_serving.First.Asked.Last());
        Assert.Equal("Be terse.", asked.GetProperty("messages")[0].GetProperty("content").GetString());
        Assert.Equal("style@1", version.GetProperty("spec").GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task Versions_are_listed_labelled_and_compared_line_by_line()
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/prompts/style/versions", new { text = "Be kind.\nBe brief.\nBe true." });
        await client.OkAsync(
            "/api/prompts/style/versions", new { text = "Be kind.\nBe true.\nCite.", note = "Cites." });
        await client.OkAsync("/api/prompts/style/labels/beta", new { number = 1 });
        await client.OkAsync("/api/prompts/style/labels/beta", new { number = 2 });
        await client.OkAsync("/api/prompts/other/versions", new { text = "Another." });

        var prompts = await client.ReadAsync("/api/prompts");
        var versions = await client.ReadAsync("/api/prompts/style/versions");
        var labelled = await client.ReadAsync("/api/prompts/style/versions/beta");
        var changes = await client.ReadAsync("/api/prompts/style/diff?from=1&to=beta");

        Assert.Equal(["other@1", "style@2"], Ids(prompts));
        Assert.Equal(["style@2", "style@1"], Ids(versions));
        Assert.Equal(
            ("style@2", "Cites.", "beta"),
            (labelled.GetProperty("id").GetString(), labelled.GetProperty("note").GetString(),
                labelled.GetProperty("labels")[0].GetString()));
        Assert.Equal(
            [("same", "Be kind."), ("removed", "Be brief."), ("same", "Be true."), ("added", "Cite.")],
            changes.GetProperty("lines").EnumerateArray().Select(line => (
                line.GetProperty("change").GetString()!, line.GetProperty("text").GetString()!)));
    }

    [Theory]
    [InlineData("""{"id":"greeting","version":"1"}""", "prompt.variables", 400)]
    [InlineData("""{"id":"greeting","version":"1","variables":{"name":7}}""", "prompt.variables.name", 400)]
    [InlineData(
        """{"id":"greeting","version":"1","variables":{"name":"x","age":"7"}}""", "prompt.variables.age", 400)]
    [InlineData("""{"id":"greeting","variables":{"name":"x"}}""", "prompt", 404)]
    [InlineData("""{"id":"greeting","version":"9","variables":{"name":"x"}}""", "prompt", 404)]
    [InlineData("""{"id":"greeting","version":"99999999999","variables":{"name":"x"}}""", "prompt", 404)]
    [InlineData("""{"id":"nobody","version":"1"}""", "prompt", 404)]
    [InlineData("""{"version":"1"}""", "prompt.id", 400)]
    public async Task A_prompt_that_cannot_be_filled_is_refused_by_name(string prompt, string field, int status)
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/prompts/greeting/versions", new { text = "Greet {{name}}." });

        var (code, body) = await client.SendAsync(
            "/v1/responses", new { model = "openai", input = "Hi.", prompt = JsonElement.Parse(prompt) });

        Assert.Equal(
            (status, field), ((int)code, body.GetProperty("error").GetProperty("param").GetString()));
    }

    [Theory]
    [InlineData("style", """{"text":" "}""", "text")]
    [InlineData("Style", """{"text":"x"}""", "name")]
    [InlineData("style", """{"text":"a\u0000b"}""", "text")]
    public async Task A_prompt_that_could_not_be_used_is_refused_by_name(string name, string request, string field)
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());

        var (status, body) = await client.SendAsync($"/api/prompts/{name}/versions", JsonElement.Parse(request));

        Assert.Equal((HttpStatusCode.BadRequest, field), (status, body.GetProperty("parameter").GetString()));
    }

    [Theory]
    [InlineData("""{"targets":[{"engine":"openai"}],"prompt":"style"}""")]
    [InlineData("""{"targets":[{"engine":"openai"}],"prompt":"style@9"}""")]
    [InlineData("""{"targets":[{"engine":"openai"}],"prompt":"greeting@1"}""")]
    [InlineData("""{"targets":[{"engine":"openai"}],"prompt":"style@1","instructions":"x"}""")]
    public async Task A_version_with_a_prompt_that_it_cannot_have_is_refused(string request)
    {
        using var client = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/prompts/style/versions", new { text = "Be terse." });
        await client.OkAsync("/api/prompts/greeting/versions", new { text = "Greet {{name}}." });

        var (status, body) = await client.SendAsync("/api/models/support/versions", JsonElement.Parse(request));

        Assert.Equal((HttpStatusCode.BadRequest, "prompt"), (status, body.GetProperty("parameter").GetString()));
    }

    [Fact]
    public async Task Prompts_stay_in_their_project_and_never_change()
    {
        var project = PostgresFixture.NewProject();
        using var client = _serving.Service.CreateClient(project);
        using var reader = _serving.Service.CreateClient(project, Scopes.ModelsRead);
        using var other = _serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/prompts/style/versions", new { text = "Be terse." });

        var (written, _) = await reader.SendAsync("/api/prompts/style/versions", new { text = "x" });
        var (labelled, _) = await reader.SendAsync("/api/prompts/style/labels/beta", new { number = 1 });
        var (foreign, _) = await other.SendAsync("/api/prompts/style/labels/beta", new { number = 1 });
        var changed = await Assert.ThrowsAsync<PostgresException>(
            () => _serving.ExecuteAsync(project, "update serving.prompt_version set text = 'Be evil.'"));

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.NotFound),
            (written, labelled, foreign));
        Assert.Contains("never changes", changed.MessageText);
        Assert.Equal(0, (await other.ReadAsync("/api/prompts")).GetProperty("data").GetArrayLength());
    }

    private static IEnumerable<string?> Ids(JsonElement list) =>
        list.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("id").GetString());
}
