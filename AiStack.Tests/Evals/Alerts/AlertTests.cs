using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Evals.Runs;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Evals.Alerts;

/// <summary>How alerts open, stand and resolve, and who sees them.</summary>
public sealed class AlertTests(EvalsFixture fixture) : IClassFixture<EvalsFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_stands_is_one_alert_with_what_was_measured_last()
    {
        await using var watched = await Watched.StartAsync(fixture);
        var began = watched.Now;
        await watched.AnswerAsync(20, failure: "internal_error");
        await watched.CheckAsync();
        watched.Time.Advance(TimeSpan.FromSeconds(30));
        await watched.AnswerAsync(20);

        var alert = Assert.Single(await watched.CheckAsync());

        Assert.Equal((began, 0.5, true), (alert.OpenedAt, alert.Value, alert.IsOpen));
    }

    [Fact]
    public async Task An_alert_resolves_when_its_reason_has_been_gone_for_a_while_and_opens_anew_when_it_is_back()
    {
        await using var watched = await Watched.StartAsync(fixture);
        await watched.EnqueueAsync("ingest.process-file", TimeSpan.Zero, "parked");
        await watched.CheckAsync();
        await watched.FinishWorkAsync();

        watched.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(Assert.Single(await watched.CheckAsync()).IsOpen);
        watched.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(watched.Now, Assert.Single(await watched.CheckAsync()).ResolvedAt);

        await watched.EnqueueAsync("ingest.process-file", TimeSpan.Zero, "parked");
        var alerts = await watched.CheckAsync();
        Assert.Equal([false, true], alerts.Select(alert => alert.IsOpen));
        Assert.Equal(watched.Now, alerts[1].OpenedAt);
    }

    [Fact]
    public async Task A_reason_that_comes_and_goes_is_one_alert()
    {
        await using var watched = await Watched.StartAsync(fixture);
        for (var minute = 0; minute < 5; minute++)
        {
            await watched.EnqueueAsync("ingest.process-file", TimeSpan.Zero, "parked");
            await watched.CheckAsync();
            watched.Time.Advance(TimeSpan.FromMinutes(1));
            await watched.FinishWorkAsync();
            await watched.CheckAsync();
            watched.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.True(Assert.Single(await watched.AlertsAsync()).IsOpen);
    }

    [Fact]
    public async Task However_many_replicas_look_at_once_a_reason_is_one_alert()
    {
        await using var watched = await Watched.StartAsync(fixture);
        await watched.AnswerAsync(20, failure: "internal_error", seconds: 100);
        foreach (var queue in Enumerable.Range(1, 20))
        {
            await watched.EnqueueAsync($"queue-{queue}", TimeSpan.FromHours(1), "parked");
            await watched.EnqueueAsync($"queue-{queue}", TimeSpan.FromHours(1));
        }

        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 6)
                .Select(_ => Task.Run(() => watched.Replica().RunAsync(Cancellation), Cancellation)));
        }

        var alerts = await watched.AlertsAsync();
        Assert.Equal(41, alerts.Count);
        Assert.Equal(41, alerts.Select(alert => (alert.Rule, alert.Subject)).Distinct().Count());
    }

    [Fact]
    public async Task A_replica_whose_clock_is_behind_does_not_take_back_what_another_saw()
    {
        await using var watched = await Watched.StartAsync(fixture);
        await using var behind = await Watched.StartAsync(fixture);
        watched.Time.Advance(TimeSpan.FromSeconds(20));
        await watched.EnqueueAsync("ingest.process-file", TimeSpan.FromMinutes(1), "parked");
        await watched.CheckAsync();
        await behind.Replica().RunAsync(Cancellation);
        await watched.FinishWorkAsync();

        watched.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.True(Assert.Single(await watched.CheckAsync()).IsOpen);
    }

    [Fact]
    public async Task What_was_resolved_long_ago_is_forgotten()
    {
        await using var watched = await Watched.StartAsync(fixture);
        await watched.EnqueueAsync("ingest.process-file", TimeSpan.Zero, "parked");
        await watched.CheckAsync();
        await watched.FinishWorkAsync();
        watched.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(Assert.Single(await watched.CheckAsync()).IsOpen);

        watched.Time.Advance(watched.Limits.KeepResolved);
        Assert.Single(await watched.CheckAsync());
        watched.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await watched.CheckAsync());
    }

    [Fact]
    public async Task Alerts_are_listed_newest_first_by_page_and_by_whether_they_stand()
    {
        await using var watched = await Watched.StartAsync(fixture);
        await watched.EnqueueAsync("first", TimeSpan.Zero, "parked");
        await watched.CheckAsync();
        await watched.FinishWorkAsync();
        watched.Time.Advance(TimeSpan.FromHours(1));
        await watched.CheckAsync();
        await watched.EnqueueAsync("second", TimeSpan.Zero, "parked");
        await watched.CheckAsync();
        await watched.EnqueueAsync("third", TimeSpan.Zero, "parked");
        await watched.CheckAsync();
        await using var evals = Quiet();
        using var http = evals.CreateClient(watched.Project);

        Assert.Equal(["third", "second", "first"], Subjects(await GetAsync(http, "")));
        Assert.Equal(["third", "second"], Subjects(await GetAsync(http, "?status=open")));
        var resolved = await GetAsync(http, "?status=resolved");
        Assert.Equal(["first"], Subjects(resolved));

        var page = await GetAsync(http, "?status=all&limit=2");
        Assert.True(page.GetProperty("has_more").GetBoolean());
        var rest = await GetAsync(http, $"?limit=2&after={page.GetProperty("last_id").GetString()}");
        Assert.Equal(["first"], Subjects(rest));

        var alert = resolved.GetProperty("data")[0];
        Assert.Equal("alert", alert.GetProperty("object").GetString());
        Assert.StartsWith("alert_", alert.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("work_parked", alert.GetProperty("rule").GetString());
        Assert.Equal("resolved", alert.GetProperty("status").GetString());
        Assert.Equal((1, 0), (alert.GetProperty("value").GetDouble(), alert.GetProperty("limit").GetDouble()));
        Assert.Equal(3_600, alert.GetProperty("resolved_at").GetInt64() - alert.GetProperty("opened_at").GetInt64());
    }

    [Fact]
    public async Task Another_projects_alerts_and_work_are_invisible()
    {
        await using var watched = await Watched.StartAsync(fixture);
        await watched.EnqueueAsync("ingest.process-file", TimeSpan.Zero, "parked");
        await watched.CheckAsync();
        await using var evals = Quiet();
        using var stranger = evals.CreateClient(PostgresFixture.NewProject());

        Assert.Empty(Subjects(await GetAsync(stranger, "")));
        var work = await stranger.GetFromJsonAsync<JsonElement>("/api/work", Cancellation);
        Assert.Equal(0, work.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_projects_work_is_counted_by_queue()
    {
        await using var watched = await Watched.StartAsync(fixture);
        var ago = watched.Now - TimeProvider.System.GetUtcNow();
        await watched.EnqueueAsync("ingest.process-file", ago + TimeSpan.FromMinutes(5));
        await watched.EnqueueAsync("ingest.process-file", ago + TimeSpan.FromMinutes(3), "leased");
        await watched.EnqueueAsync("ingest.process-file", ago + TimeSpan.FromHours(1), "parked");
        await using var evals = Quiet();
        using var http = evals.CreateClient(watched.Project, "usage.read");

        var work = await http.GetFromJsonAsync<JsonElement>("/api/work", Cancellation);

        var queue = Assert.Single(work.GetProperty("data").EnumerateArray());
        Assert.Equal("ingest.process-file", queue.GetProperty("queue").GetString());
        Assert.Equal(
            [1, 1, 1],
            new[] { "ready", "leased", "parked" }.Select(state => queue.GetProperty(state).GetInt32()));
        Assert.InRange(queue.GetProperty("oldest_seconds").GetDouble(), 300, 3_000);
    }

    [Theory]
    [InlineData("?status=closed", "status")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?after=fdbk_1", "after")]
    public async Task A_bad_query_names_the_parameter(string query, string parameter)
    {
        await using var evals = Quiet();
        using var http = evals.CreateClient(PostgresFixture.NewProject());

        using var response = await http.GetAsync(new Uri($"/api/alerts{query}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
    }

    [Theory]
    [InlineData("/api/alerts")]
    [InlineData("/api/work")]
    public async Task A_key_needs_the_scope(string path)
    {
        await using var evals = Quiet();
        using var other = evals.CreateClient(PostgresFixture.NewProject(), "evals.read");

        using var refused = await other.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task The_service_looks_at_the_rules_by_itself()
    {
        await using var watched = await Watched.StartAsync(fixture);
        await watched.EnqueueAsync("ingest.process-file", watched.Now - TimeProvider.System.GetUtcNow(), "parked");

        await using var evals = fixture.StartAnother(("Evals:Alerts:CheckEvery", "00:00:01"));
        using var http = evals.CreateClient(watched.Project);

        await Eventually.TrueAsync(
            async () => Subjects(await GetAsync(http, "?status=open")).SequenceEqual(["ingest.process-file"]),
            Cancellation);
    }

    [Fact]
    public async Task Alerts_that_would_resolve_between_two_checks_stop_the_service()
    {
        await using var evals = fixture.StartAnother(
            ("Evals:Alerts:CheckEvery", "00:01:00"),
            ("Evals:Alerts:ResolveAfter", "00:01:00"));

        var failure = Assert.Throws<OptionsValidationException>(
            () => { evals.CreateClient(PostgresFixture.NewProject()); });

        Assert.Contains("Evals:Alerts:ResolveAfter (00:01:00)", failure.Message, StringComparison.Ordinal);
    }

    // The service, which leaves the rules to the test.
    private ServiceFactory<AiStack.Evals.EvalsTelemetry> Quiet() => fixture.StartAnother(
        ("Evals:Alerts:CheckEvery", "01:00:00"), ("Evals:Alerts:ResolveAfter", "02:00:00"));

    private static IEnumerable<string?> Subjects(JsonElement page) =>
        page.GetProperty("data").EnumerateArray().Select(alert => alert.GetProperty("subject").GetString());

    private static Task<JsonElement> GetAsync(HttpClient http, string query) =>
        http.GetFromJsonAsync<JsonElement>($"/api/alerts{query}", Cancellation);
}
