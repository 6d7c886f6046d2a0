using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>What an answer cost, wherever it is told: 40 tokens in and 7 out, at 2 and 8 a million.</summary>
public sealed class CostTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const decimal Cost = ((40 * 2) + (7 * 8)) / 1_000_000m;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/responses", false)]
    [InlineData("/v1/responses", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    public async Task An_answer_tells_its_cost_in_its_metadata_and_its_record_keeps_it(string path, bool stream)
    {
        var project = PostgresFixture.NewProject();
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");

        var body = await AskAsync(project, "openai", path, stream);

        var told = $"\"aistack.cost\":\"{Cost.ToString(CultureInfo.InvariantCulture)}\",\"aistack.currency\":\"USD\"";
        Assert.Contains(told, body, StringComparison.Ordinal);
        Assert.Equal((Cost, "USD"), await RecordedAsync(project));
    }

    [Fact]
    public async Task An_answer_of_the_engine_that_nobody_bills_for_costs_nothing()
    {
        var project = PostgresFixture.NewProject();

        var body = await AskAsync(project, "extractive", "/v1/responses", stream: false);

        Assert.Contains("\"aistack.cost\":\"0\"", body, StringComparison.Ordinal);
        Assert.Equal((0, "USD"), await RecordedAsync(project));
    }

    [Fact]
    public async Task Tokens_that_the_server_did_not_count_have_an_unknown_cost()
    {
        var project = PostgresFixture.NewProject();
        serving.Upstream.Script = async (context, _) =>
        {
            Upstream.Begin(context);
            await Upstream.SendAsync(context, Upstream.Chunk(new { content = "Yes." }, "stop"));
        };

        var body = await AskAsync(project, "openai", "/v1/responses", stream: false);

        Assert.DoesNotContain("aistack.cost", body, StringComparison.Ordinal);
        Assert.Equal((null, null), await RecordedAsync(project));
    }

    [Fact]
    public async Task A_server_that_refuses_before_the_first_word_bills_for_nothing()
    {
        var project = PostgresFixture.NewProject();
        serving.Upstream.Always(new { error = new { message = "no" } }, 500);

        await AskAsync(project, "openai", "/v1/responses", stream: false);

        Assert.Equal((0, "USD"), await RecordedAsync(project));
    }

    [Fact]
    public async Task What_callers_put_into_metadata_is_still_there()
    {
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        using var response = await client.PostAsJsonAsync(
            "/v1/responses",
            new { model = "openai", input = "Hello?", metadata = new { ticket = "17" } },
            Cancellation);

        var metadata = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("metadata");
        Assert.Equal("17", metadata.GetProperty("ticket").GetString());
        Assert.True(metadata.TryGetProperty("aistack.cost", out _));
    }

    [Fact]
    public async Task The_span_with_the_tokens_has_the_cost_too()
    {
        var project = PostgresFixture.NewProject();
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "AiStack.Serving",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");

        await AskAsync(project, "openai", "/v1/responses", stream: true);

        // Other tests have their spans, too.
        Assert.Contains(
            spans,
            span => Equals(span.GetTagItem("gen_ai.request.model"), "openai")
                && Equals(span.GetTagItem("gen_ai.usage.input_tokens"), 40)
                && Equals(span.GetTagItem("aistack.cost"), (double)Cost));
    }

    [Fact]
    public async Task The_cost_is_measured_in_its_currency()
    {
        var measured = new ConcurrentBag<(double Value, string? Unit)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "aistack.serving.cost")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, _, _) => measured.Add((value, instrument.Unit)));
        listener.Start();
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "Yes.");

        await AskAsync(PostgresFixture.NewProject(), "openai", "/v1/responses", stream: false);

        Assert.Contains(((double)Cost, "{USD}"), measured);
    }

    private async Task<string> AskAsync(Id<Project> project, string model, string path, bool stream)
    {
        object request = path == "/v1/responses"
            ? new { model, input = "Hello?", stream }
            : new { model, messages = new[] { new { role = "user", content = "Hello?" } }, stream };
        using var client = serving.Service.CreateClient(project);
        using var response = await client.PostAsJsonAsync(path, request, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task<(decimal? Cost, string? Currency)> RecordedAsync(Id<Project> project)
    {
        await using var database = NpgsqlDataSource.Create(serving.RoleConnectionString);
        await using var connection = await database.OpenForAsync(project, Cancellation);
        return Assert.Single(await connection.ListAsync(
            $"select cost, currency from serving.published_completion",
            row => (
                row.IsDBNull(0) ? (decimal?)null : row.GetDecimal(0),
                row.IsDBNull(1) ? null : row.GetString(1)),
            Cancellation));
    }
}
