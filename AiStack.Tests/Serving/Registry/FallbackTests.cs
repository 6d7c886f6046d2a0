using System.Net;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Serving.Registry;

/// <summary>When one engine cannot answer, the next does; and what breaks its limits goes back.</summary>
public sealed class FallbackTests(RoutedServing serving) : IClassFixture<RoutedServing>, IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What an earlier test made fail is not left alone any more.</summary>
    public async ValueTask InitializeAsync() => await serving.CoolAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(500, null, "openai: server_error")]
    [InlineData(503, null, "openai: server_error")]
    [InlineData(429, null, "openai: rate_limit_exceeded")]
    [InlineData(400, "context_length_exceeded", "openai: context_length_exceeded")]
    [InlineData(400, "content_filter", "openai: content_filter")]
    public async Task The_next_engine_answers_when_the_first_cannot(int status, string? code, string passedOver)
    {
        var project = PostgresFixture.NewProject();
        using var client = serving.Service.CreateClient(project);
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai", "backup"));
        serving.First.Script = Refuse(status, code);
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");

        var answer = await client.AskAsync("helper");

        Assert.Equal("From the backup.", answer.Text());
        Assert.Equal("backup", answer.GetProperty("metadata").GetProperty("aistack.engine").GetString());
        Assert.Equal(passedOver, answer.GetProperty("metadata").GetProperty("aistack.passed_over").GetString());
        var record = Assert.Single(await serving.RecordsAsync(project));
        Assert.Equal(
            ("backup", "completed", passedOver), (record.Engine, record.Status, Assert.Single(record.PassedOver)));
        // 40 tokens in and 7 out, at the prices of the one that answered.
        Assert.Equal(((40 * 1m) + (7 * 2m)) / 1_000_000, record.Cost);
    }

    [Fact]
    public async Task A_server_that_fails_is_asked_once_when_there_is_another()
    {
        await using var service = serving.Start(("Serving:OpenAi:MaxRetries", "2"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        var first = await client.RegisterAsync("support", "openai", "backup");
        var alone = await client.RegisterAsync("support", "openai");
        serving.First.Script = Refuse(500, null);
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");

        var before = serving.First.Asked.Count;
        await client.AskAsync(first);
        var withOther = serving.First.Asked.Count - before;
        await client.SendAsync("/v1/responses", new { model = alone, input = "Hello?" });

        Assert.Equal((1, 3), (withOther, serving.First.Asked.Count - before - withOther));
    }

    [Fact]
    public async Task What_the_caller_asked_wrong_is_wrong_everywhere()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai", "backup"));
        serving.First.Script = Refuse(400, "invalid_image");
        var before = serving.Backup.Asked.Count;

        var (status, _) = await client.SendAsync("/v1/responses", new { model = "helper", input = "Hello?" });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(before, serving.Backup.Asked.Count);
    }

    [Fact]
    public async Task What_has_spoken_is_not_asked_again_elsewhere()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai", "backup"));
        serving.First.Script = async (context, _) =>
        {
            Upstream.Begin(context);
            await Upstream.SendAsync(context, Upstream.Chunk(new { content = "I was about to" })); // And no end.
        };
        var before = serving.Backup.Asked.Count;

        var (status, body) = await client.SendAsync("/v1/responses", new { model = "helper", input = "Hello?" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("broke off", body.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(before, serving.Backup.Asked.Count);
    }

    [Fact]
    public async Task Quotes_answer_when_no_model_can()
    {
        serving.Retrieval.Always(Found.Search(.9, Found.Passage("Holidays are 27 days a year.", .9)));
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai", "extractive"));
        serving.First.Script = Refuse(503, null);

        var answer = await client.OkAsync("/v1/responses", new
        {
            model = "helper",
            input = "How many days of holidays?",
            tools = new[] { new { type = "file_search", vector_store_ids = new[] { "vs_1" } } },
        });

        Assert.Contains("27 days", answer.Text());
        Assert.Equal("extractive", answer.GetProperty("metadata").GetProperty("aistack.engine").GetString());
    }

    [Fact]
    public async Task An_engine_that_cannot_do_what_is_asked_is_not_fallen_back_to()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai", "extractive"));
        serving.First.Script = Refuse(503, null);

        var (status, body) = await client.SendAsync("/v1/responses", new
        {
            model = "helper", input = "Hello?", text = new { format = new { type = "json_object" } },
        });

        Assert.True(status == HttpStatusCode.ServiceUnavailable, body.GetRawText());
    }

    [Fact]
    public async Task An_engine_that_keeps_failing_is_left_alone_and_tried_again_later()
    {
        await using var service = serving.Start(
            ("Serving:Routing:MinRequests", "3"), ("Serving:Routing:BreakFor", "00:00:01"));
        var project = PostgresFixture.NewProject();
        using var client = service.CreateClient(project);
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai", "backup"));
        serving.First.Script = Refuse(500, null);
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await client.AskAsync("helper");
        }

        var asked = serving.First.Asked.Count;
        var resting = await client.AskAsync("helper");
        var whileResting = serving.First.Asked.Count;
        serving.First.Script = (context, _) => Upstream.SayAsync(context, "I am back.");
        var back = await Eventually.ReadAsync(
            () => client.AskAsync("helper"), answer => answer.Text() == "I am back.");

        Assert.Equal("openai: resting", resting.GetProperty("metadata").GetProperty("aistack.passed_over").GetString());
        Assert.Equal(asked, whileResting);
        Assert.False(back.GetProperty("metadata").TryGetProperty("aistack.passed_over", out _));
    }

    [Fact]
    public async Task A_model_that_its_server_does_not_have_says_nothing_of_the_others()
    {
        await using var service = serving.Start(("Serving:Routing:MinRequests", "2"));
        using var client = service.CreateClient(PostgresFixture.NewProject());
        var typo = await client.OkAsync("/api/models/typo/versions", new
        {
            targets = new[] { new { engine = "openai", model = "gpt-typo" } },
        });
        serving.First.Script = (context, body) => body.Contains("gpt-typo", StringComparison.Ordinal)
            ? Refuse(404, null)(context, body)
            : Upstream.SayAsync(context, "From the first.");
        foreach (var _ in Enumerable.Range(0, 4))
        {
            await client.SendAsync("/v1/responses", new { model = "typo@1", input = "Hello?" });
        }

        var good = await client.AskAsync(await client.RegisterAsync("good", "openai"));
        var (status, body) = await client.SendAsync("/v1/responses", new { model = "typo@1", input = "Hello?" });

        Assert.Equal("From the first.", good.Text());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("resting", body.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("typo@1", typo.GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_is_too_long_for_one_engine_is_asked_of_the_next()
    {
        await using var service = serving.Start(
            ("Serving:OpenAi:ContextTokens", "1024"),
            ("Serving:OpenAi:MaxOutputTokens", "16"),
            ("Serving:Upstreams:backup:ContextTokens", "100000"));
        serving.Retrieval.Always(Found.Search(.9, Found.Passage("Holidays are 27 days a year.", .9)));
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");
        using var client = service.CreateClient(PostgresFixture.NewProject());
        var version = await client.RegisterAsync("support", "openai", "backup");

        var answer = await client.OkAsync("/v1/responses", new
        {
            model = version,
            input = string.Join(' ', Enumerable.Repeat("word", 2_000)),
            tools = new[] { new { type = "file_search", vector_store_ids = new[] { "vs_1" } } },
        });

        Assert.Equal("backup", answer.GetProperty("metadata").GetProperty("aistack.engine").GetString());
    }

    [Fact]
    public async Task A_server_that_says_when_it_is_free_again_is_left_alone_until_then()
    {
        await using var service = serving.Start();
        using var client = service.CreateClient(PostgresFixture.NewProject());
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "openai"));
        serving.First.Script = Refuse(429, null, retryAfter: "600");
        await client.SendAsync("/v1/responses", new { model = "helper", input = "Hello?" });
        var asked = serving.First.Asked.Count;

        using var request = new StringContent(
            """{"model":"helper","input":"Hello?"}""", System.Text.Encoding.UTF8, "application/json");
        using var refused = await client.PostAsync("/v1/responses", request, Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.InRange(int.Parse(refused.Headers.RetryAfter!.ToString()), 500, 600);
        Assert.Equal(asked, serving.First.Asked.Count);
    }

    [Fact]
    public async Task The_less_busy_of_two_is_asked_first()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        await client.OkAsync("/api/models/even/versions", new
        {
            targets = new[] { new { engine = "openai" }, new { engine = "backup" } }, balance = "least_busy",
        });
        var held = new TaskCompletionSource();
        serving.First.Script = async (context, _) =>
        {
            await held.Task;
            await Upstream.SayAsync(context, "From the first.");
        };
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");
        var before = serving.First.Asked.Count;
        List<Task<JsonElement>> answers = [];
        while (serving.First.Asked.Count == before)
        {
            answers.Add(client.AskAsync("even@1"));
            await Eventually.TrueAsync(
                () => Task.FromResult(answers.Last().IsCompleted || serving.First.Asked.Count > before), Cancellation);
        }

        foreach (var _ in Enumerable.Range(0, 10))
        {
            Assert.Equal("From the backup.", (await client.AskAsync("even@1")).Text());
        }

        held.SetResult();
        await Task.WhenAll(answers);
        Assert.Equal(before + 1, serving.First.Asked.Count);
    }

    [Theory]
    [InlineData("""{"max_error_rate":0.4,"min_requests":4}""", "4 of 4 answers failed")]
    [InlineData("""{"max_p95_seconds":0.000001,"min_requests":4}""", "answers failed, 95 of 100 took")]
    public async Task A_version_that_breaks_its_limits_goes_back_by_itself(string limits, string evidence)
    {
        var project = PostgresFixture.NewProject();
        using var client = serving.Service.CreateClient(project);
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "backup"));
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");
        serving.First.Script = limits.Contains("error", StringComparison.Ordinal)
            ? Refuse(500, null)
            : (context, _) => Upstream.SayAsync(context, "Too slow.");
        await client.PromoteAsync(
            "helper", await client.RegisterAsync("support", "openai"), limits: JsonElement.Parse(limits));
        foreach (var _ in Enumerable.Range(0, 4))
        {
            await client.SendAsync("/v1/responses", new { model = "helper", input = "Hello?" });
        }

        var history = await Eventually.ReadAsync(
            () => client.ReadAsync("/api/models/helper/history"),
            changes => changes.GetProperty("data").GetArrayLength() == 3);
        await Eventually.ReadAsync(
            () => client.AskOrNullAsync("helper"),
            answer => answer?.GetProperty("model").GetString() == "support@1");

        var last = history.GetProperty("data")[0];
        Assert.Equal(
            ("rollback", "limits"), (last.GetProperty("kind").GetString(), last.GetProperty("actor").GetString()));
        Assert.Equal("support@2 broke its limits", last.GetProperty("reason").GetString());
        Assert.Contains(evidence, last.GetProperty("evidence").GetString());
    }

    [Fact]
    public async Task A_broken_version_goes_wholly_also_when_an_earlier_change_had_given_it_a_share()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());
        var limits = new { max_error_rate = .4, min_requests = 4 };
        await client.PromoteAsync("helper", await client.RegisterAsync("support", "backup"));
        var broken = await client.RegisterAsync("support", "openai");
        serving.First.Script = Refuse(500, null);
        serving.Backup.Script = (context, _) => Upstream.SayAsync(context, "From the backup.");
        await client.PromoteAsync("helper", broken, 10, limits);
        await client.PromoteAsync("helper", broken, 100, limits);
        foreach (var _ in Enumerable.Range(0, 4))
        {
            await client.SendAsync("/v1/responses", new { model = "helper", input = "Hello?" });
        }

        var history = await Eventually.ReadAsync(
            () => client.ReadAsync("/api/models/helper/history"),
            changes => changes.GetProperty("data").GetArrayLength() == 4);

        Assert.Equal(
            ["support@1"],
            history.GetProperty("data")[0].GetProperty("shares").EnumerateArray()
                .Select(share => share.GetProperty("version").GetString()));
    }

    private static Func<HttpContext, string, Task> Refuse(int status, string? code, string? retryAfter = null) =>
        (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = retryAfter;
            return context.Response.WriteAsJsonAsync(new { error = new { message = "no", code } });
        };
}
