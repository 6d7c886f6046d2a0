using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>Usage, counted over answers whose times and numbers the test wrote itself.</summary>
public sealed class UsageTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const long Noon = 1_790_078_400;
    private const long Hour = 3_600;

    private static readonly string _noonToOne = $"start_time={Noon}&end_time={Noon + Hour}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_counts_requests_tokens_failures_refusals_and_cost()
    {
        var project = PostgresFixture.NewProject();
        await AnswerAsync(project, new(Noon, Cost: 0.25m, Seconds: 1));
        await AnswerAsync(project, new(Noon + 1, Cost: 0.50m, Seconds: 3, Refused: true));
        await AnswerAsync(project, new(Noon + 2, Status: "failed", Cost: 0));
        await AnswerAsync(project, new(Noon + 3, Status: "cancelled", Cost: null));
        await AnswerAsync(project, new(Noon + 4, Status: "incomplete", Seconds: 2, Cited: true));

        var result = Assert.Single(await ResultsAsync(project, $"{_noonToOne}&bucket_width=1h"));

        Assert.Equal(5, Number(result, "num_model_requests"));
        Assert.Equal(1, Number(result, "num_failed_requests"));
        Assert.Equal(1, Number(result, "num_cancelled_requests"));
        Assert.Equal(1, Number(result, "num_incomplete_requests"));
        Assert.Equal(1, Number(result, "num_cited_requests"));
        Assert.Equal(1, Number(result, "num_refusals"));
        Assert.Equal((50, 25), (Number(result, "input_tokens"), Number(result, "output_tokens")));
        Assert.Equal(10, Number(result, "input_cached_tokens"));
        Assert.Equal((0.75, 1), (Number(result, "cost"), Number(result, "num_unpriced_requests")));
        Assert.Equal("USD", result.GetProperty("currency").GetString());
        Assert.Equal(2, Number(result, "latency_p50_seconds"));
        Assert.Equal(2.9, Number(result, "latency_p95_seconds"), precision: 9);
        Assert.Equal(0.5, Number(result, "first_token_p50_seconds"));
    }

    [Fact]
    public async Task Percentiles_are_exact_and_of_answers_that_came_to_their_end()
    {
        var project = PostgresFixture.NewProject();
        foreach (var second in Enumerable.Range(1, 101).Reverse())
        {
            await AnswerAsync(project, new(Noon, Seconds: second, FirstWords: second / 10.0));
        }

        await AnswerAsync(project, new(Noon, Status: "failed", Seconds: 1_000, FirstWords: null));
        await AnswerAsync(project, new(Noon, Status: "cancelled", Seconds: 2_000, FirstWords: null));

        var result = Assert.Single(await ResultsAsync(project, $"{_noonToOne}&bucket_width=all"));

        Assert.Equal(51, Number(result, "latency_p50_seconds"), precision: 9);
        Assert.Equal(96, Number(result, "latency_p95_seconds"), precision: 9);
        Assert.Equal(100, Number(result, "latency_p99_seconds"), precision: 9);
        Assert.Equal(5.1, Number(result, "first_token_p50_seconds"), precision: 9);
        Assert.Equal(9.6, Number(result, "first_token_p95_seconds"), precision: 9);
    }

    [Fact]
    public async Task Without_an_answer_that_came_to_its_end_there_are_no_percentiles()
    {
        var project = PostgresFixture.NewProject();
        await AnswerAsync(project, new(Noon, Status: "failed", FirstWords: null));

        var result = Assert.Single(await ResultsAsync(project, $"{_noonToOne}&bucket_width=all"));

        Assert.Equal(JsonValueKind.Null, result.GetProperty("latency_p99_seconds").ValueKind);
        Assert.Equal(JsonValueKind.Null, result.GetProperty("first_token_p95_seconds").ValueKind);
    }

    [Fact]
    public async Task An_answer_from_two_stores_is_counted_for_each_and_one_without_sources_for_none()
    {
        var project = PostgresFixture.NewProject();
        await AnswerAsync(project, new(Noon, Stores: ["vs_a", "vs_b"], Cited: true));
        await AnswerAsync(project, new(Noon, Stores: ["vs_a"], Refused: true));
        await AnswerAsync(project, new(Noon));

        var results = await ResultsAsync(project, $"{_noonToOne}&bucket_width=all&group_by=vector_store_id,model");
        var whole = Assert.Single(await ResultsAsync(project, $"{_noonToOne}&bucket_width=all"));

        Assert.Equal(
            [("vs_a", 2.0, 1.0, 1.0), ("vs_b", 1, 1, 0), (null, 1, 0, 0)],
            results.Select(result => (
                result.GetProperty("vector_store_id").GetString(),
                Number(result, "num_model_requests"),
                Number(result, "num_cited_requests"),
                Number(result, "num_refusals"))));
        Assert.All(results, result => Assert.Equal("extractive", result.GetProperty("model").GetString()));
        Assert.Equal(3, Number(whole, "num_model_requests"));
        Assert.Equal(JsonValueKind.Null, whole.GetProperty("vector_store_id").ValueKind);
    }

    [Fact]
    public async Task Buckets_follow_each_other_from_the_start_and_those_without_answers_are_empty()
    {
        var project = PostgresFixture.NewProject();
        await AnswerAsync(project, new(Noon - 1));
        await AnswerAsync(project, new(Noon));
        await AnswerAsync(project, new(Noon + (2 * Hour) - 1));
        await AnswerAsync(project, new(Noon + (2 * Hour) + 600));

        var page = await GetAsync(project, $"start_time={Noon}&end_time={Noon + (2 * Hour) + 600}&bucket_width=1h");

        var buckets = page.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(
            [(Noon, Noon + Hour), (Noon + Hour, Noon + (2 * Hour)), (Noon + (2 * Hour), Noon + (2 * Hour) + 600)],
            buckets.Select(bucket => (Time(bucket, "start_time"), Time(bucket, "end_time"))));
        Assert.Equal([1, 1, 0], buckets.Select(bucket => bucket.GetProperty("results").GetArrayLength()));
        Assert.Equal("page", page.GetProperty("object").GetString());
        Assert.False(page.GetProperty("has_more").GetBoolean());
    }

    [Fact]
    public async Task Pages_are_walked_by_their_cursor_and_hold_every_bucket_once()
    {
        var project = PostgresFixture.NewProject();
        List<long> starts = [];
        var query = $"start_time={Noon}&end_time={Noon + (5 * Hour)}&bucket_width=1h&limit=2";
        string? cursor = null;
        do
        {
            var page = await GetAsync(project, cursor is null ? query : $"{query}&page={cursor}");
            starts.AddRange(page.GetProperty("data").EnumerateArray().Select(bucket => Time(bucket, "start_time")));
            cursor = page.GetProperty("next_page").GetString();
            Assert.Equal(cursor is not null, page.GetProperty("has_more").GetBoolean());
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 5).Select(hour => Noon + (hour * Hour)), starts);
    }

    [Theory]
    [InlineData("group_by=model&group_by=api_key_id")]
    [InlineData("group_by[]=model&group_by[]=api_key_id")]
    [InlineData("group_by=model,api_key_id")]
    public async Task Groups_are_counted_apart_the_largest_first(string groups)
    {
        var project = PostgresFixture.NewProject();
        var (first, second) = (Id<ApiKey>.New(), Id<ApiKey>.New());
        await AnswerAsync(project, new(Noon, Key: first));
        await AnswerAsync(project, new(Noon, Key: first));
        await AnswerAsync(project, new(Noon, Key: second));
        await AnswerAsync(project, new(Noon, Key: second, Engine: "openai"));

        var results = await ResultsAsync(project, $"{_noonToOne}&bucket_width=all&{groups}");

        Assert.Equal(3, results.Count);
        Assert.Equal("extractive", results[0].GetProperty("model").GetString());
        Assert.Equal(first.ToString(), results[0].GetProperty("api_key_id").GetString());
        Assert.Equal(2, Number(results[0], "num_model_requests"));
        Assert.Single(results, result => result.GetProperty("model").GetString() == "openai");
    }

    [Fact]
    public async Task What_was_paid_in_another_currency_is_not_added_up()
    {
        var project = PostgresFixture.NewProject();
        await AnswerAsync(project, new(Noon, Cost: 1));
        await AnswerAsync(project, new(Noon, Cost: 5, Currency: "DKK"));

        var result = Assert.Single(await ResultsAsync(project, $"{_noonToOne}&bucket_width=all"));

        Assert.Equal((1, 1), (Number(result, "cost"), Number(result, "num_unpriced_requests")));
    }

    [Fact]
    public async Task Another_projects_usage_is_invisible()
    {
        await AnswerAsync(PostgresFixture.NewProject(), new(Noon));

        Assert.Empty(await ResultsAsync(PostgresFixture.NewProject(), $"{_noonToOne}&bucket_width=all"));
    }

    [Fact]
    public async Task A_key_needs_the_scope()
    {
        using var other = serving.Service.CreateClient(PostgresFixture.NewProject(), "files.read");
        using var reader = serving.Service.CreateClient(PostgresFixture.NewProject(), "usage.read");

        using var refused = await other.GetAsync($"/api/usage?start_time={Noon}", Cancellation);
        using var allowed = await reader.GetAsync($"/api/usage?start_time={Noon}&end_time={Noon + 1}", Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Theory]
    [InlineData("", "start_time")]
    [InlineData("start_time=yesterday", "start_time")]
    [InlineData("start_time=-5", "start_time")]
    [InlineData("start_time=100&end_time=100", "end_time")]
    [InlineData("start_time=0&end_time=999999999999999", "end_time")]
    [InlineData("start_time=100&bucket_width=1y", "bucket_width")]
    [InlineData("start_time=100&group_by=colour", "group_by")]
    [InlineData("start_time=100&limit=0", "limit")]
    [InlineData("start_time=100&limit=many", "limit")]
    [InlineData("start_time=100&bucket_width=1h&limit=169", "limit")]
    [InlineData("start_time=100&page=page_101", "page")]
    [InlineData("start_time=100&page=2", "page")]
    public async Task A_bad_query_names_the_parameter(string query, string parameter)
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        using var response = await client.GetAsync($"/api/usage?{query}", Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
    }

    private static long Time(JsonElement bucket, string name) => bucket.GetProperty(name).GetInt64();

    private static double Number(JsonElement result, string name) => result.GetProperty(name).GetDouble();

    private async Task<List<JsonElement>> ResultsAsync(Id<Project> project, string query) =>
        [.. (await GetAsync(project, query)).GetProperty("data").EnumerateArray()
            .SelectMany(bucket => bucket.GetProperty("results").EnumerateArray())];

    private async Task<JsonElement> GetAsync(Id<Project> project, string query)
    {
        using var client = serving.Service.CreateClient(project, "usage.read");
        return await client.GetFromJsonAsync<JsonElement>($"/api/usage?{query}", Cancellation);
    }

    private async Task AnswerAsync(Id<Project> project, Given answer)
    {
        await using var database = NpgsqlDataSource.Create(serving.RoleConnectionString);
        await using var connection = await database.OpenForAsync(project, Cancellation);
        await connection.ExecuteAsync(
            $"""
            insert into serving.completion (
                id, project_id, key_id, api, model, engine, status, failure, refused, question_sha256, answer_sha256,
                input_tokens, cached_input_tokens, output_tokens, duration_seconds, first_words_seconds,
                vector_store_ids, retrieved, citations, created_at, cost, currency)
            values (
                {Id<Completion>.New()}, {project}, {(answer.Key ?? Id<ApiKey>.New()).Value}, 'responses', 'default',
                {answer.Engine}, {answer.Status}, {(answer.Status == "failed" ? "internal_error" : null)},
                {answer.Refused}, {new byte[32]}, {new byte[32]}, 10, 2, 5, {answer.Seconds},
                {answer.FirstWords}, {answer.Stores ?? []}, '[]',
                {(answer.Cited ? """[{"file_id": "file-1"}]""" : "[]")}::jsonb, to_timestamp({answer.Time}),
                {answer.Cost}, {(answer.Cost is null ? null : answer.Currency)})
            """,
            Cancellation);
    }

    private sealed record Given(
        long Time,
        string Status = "completed",
        decimal? Cost = 0,
        string Currency = "USD",
        double Seconds = 1,
        double? FirstWords = 0.5,
        bool Refused = false,
        bool Cited = false,
        string[]? Stores = null,
        string Engine = "extractive",
        Id<ApiKey>? Key = null);
}
