using System.ClientModel;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Serving.Moderations;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using OpenAI.Moderations;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>Moderation by the built-in patterns, as OpenAI's .NET SDK asks for it.</summary>
public sealed class ModerationTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static readonly PatternClassifier _classifier = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAis_client_gets_a_result_of_every_category_for_each_text()
    {
        var moderations = serving.Client(PostgresFixture.NewProject()).GetModerationClient("omni-moderation-latest");

        ModerationResultCollection results = await moderations.ClassifyTextAsync(
            ["I will kill you.", "The meeting is on Monday."], Token);

        Assert.StartsWith("modr-", results.Id, StringComparison.Ordinal);
        Assert.Equal("aistack-moderation-patterns-1", results.Model);
        Assert.Equal([true, false], results.Select(result => result.Flagged));
        Assert.True(results[0].HarassmentThreatening.Flagged);
        Assert.True(results[0].Harassment.Flagged); // What is a threat is harassment, too.
        Assert.InRange(results[0].Violence.Score, 0.5f, 1f);
        Assert.False(results[0].SexualMinors.Flagged);
        Assert.Equal(0, results[1].Hate.Score);
    }

    [Fact]
    public async Task Parts_of_one_input_have_one_result_and_an_image_is_refused_by_its_place()
    {
        var moderations = serving.Client(PostgresFixture.NewProject()).GetModerationClient("default");

        var parts = await moderations.ClassifyTextAsync(Content(
            """{"input":[{"type":"text","text":"I will"},{"type":"text","text":"kill you"}]}"""), null);

        var results = JsonDocument.Parse(parts.GetRawResponse().Content).RootElement.GetProperty("results");
        Assert.True(Assert.Single(results.EnumerateArray()).GetProperty("flagged").GetBoolean());
        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => moderations.ClassifyTextAsync(Content(
            """{"input":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:,"}}]}"""), null));
        Assert.Contains("input[1].type", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_can_moderate_is_asked_as_the_caller_asks_and_answers_in_its_own_words()
    {
        await using var service = serving.Start(("Serving:Moderation:Upstream", "openai"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        var path = "";
        serving.Upstream.Script = (context, _) =>
        {
            path = $"{context.Request.Path} {context.Request.Headers.Authorization}";
            return context.Response.WriteAsync("""{"id":"modr-7","model":"omni-2","results":[{"flagged":true}]}""");
        };
        const string Picture = """[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]""";

        using var response = await client.PostAsync("/v1/moderations", Json($$"""{"input":{{Picture}}}"""), Token);

        Assert.Equal(
            """{"id":"modr-7","model":"omni-2","results":[{"flagged":true}]}""",
            await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("/v1/moderations Bearer sk-upstream", path);
        Assert.Equal(
            $$"""{"input":{{Picture}},"model":"omni-moderation-latest"}""", serving.Upstream.Asked.Last());
    }

    [Theory]
    [InlineData(500, "{}", HttpStatusCode.ServiceUnavailable)]
    [InlineData(401, "{}", HttpStatusCode.ServiceUnavailable)]
    [InlineData(429, "{}", HttpStatusCode.TooManyRequests)]
    [InlineData(400, "{}", HttpStatusCode.BadRequest)]
    [InlineData(200, "no JSON", HttpStatusCode.ServiceUnavailable)]
    [InlineData(200, """{"results":7}""", HttpStatusCode.ServiceUnavailable)]
    public async Task A_server_that_cannot_moderate_is_no_harmless_text(int status, string body, HttpStatusCode told)
    {
        await using var service = serving.Start(("Serving:Moderation:Upstream", "openai"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        serving.Upstream.Script = (context, _) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        };

        using var response = await client.PostAsync("/v1/moderations", Json("""{"input":"x"}"""), Token);

        Assert.Equal(told, response.StatusCode);
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    [Theory]
    [InlineData("{}", "input")]
    [InlineData("""{"input":null}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":7}""", "input")]
    [InlineData("""{"input":["x",7]}""", "input[1]")]
    [InlineData("""{"input":[7]}""", "input[0]")]
    [InlineData("""{"input":"x\u0000"}""", "input")]
    [InlineData("""{"input":"x","threshold":1}""", "threshold")]
    public async Task A_wrong_request_is_refused_by_the_field(string body, string field)
    {
        using var http = serving.Service.CreateClient(PostgresFixture.NewProject());
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync("/v1/moderations", content, Token);

        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task An_unknown_model_and_too_much_text_are_refused()
    {
        var project = serving.Client(PostgresFixture.NewProject());

        var unknown = await Assert.ThrowsAsync<ClientResultException>(
            () => project.GetModerationClient("gpt-9").ClassifyTextAsync("x", Token));
        var tooLong = await Assert.ThrowsAsync<ClientResultException>(() => project.GetModerationClient("default")
            .ClassifyTextAsync([new string('x', 10_000), new string('x', 10_001)], Token));

        Assert.Equal(404, unknown.Status);
        Assert.Contains("20001 characters; the limit is 20000", tooLong.Message, StringComparison.Ordinal);
    }

    /// <summary>What it misses, and what it flags for nothing, is part of the truth.</summary>
    [Fact]
    public void The_classifier_is_as_good_as_its_page_says()
    {
        var harmful = ModerationExamples.Harmful.ToList();
        var harmless = ModerationExamples.Harmless;

        var found = harmful.Count(example => _classifier.Score(example.Text)[example.Category] >= 0.5);
        var wrong = harmless.Where(text => _classifier.Score(text).Values.Max() >= 0.5).ToList();

        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/moderation.md"));
        var says = $"{found} of {harmful.Count} harmful ones, and {wrong.Count} of {harmless.Count} harmless ones";
        Assert.True(
            page.Contains(says, StringComparison.Ordinal), $"It flags {says}: {string.Join(" | ", wrong)}");
    }

    [Theory]
    [InlineData("i will k1ll you")]
    [InlineData("I WILL KILL YOU!!!")]
    [InlineData("I'll kill you")]
    [InlineData("I’ll  kill\n you")]
    [InlineData("ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕ")]
    [InlineData("I will ki\u200Bll you")]
    public void Disguised_words_are_read_as_what_they_stand_for(string text) =>
        Assert.True(_classifier.Score(text)["harassment/threatening"] >= 0.5);

    private static BinaryContent Content(string json) => BinaryContent.Create(BinaryData.FromString(json));
}
