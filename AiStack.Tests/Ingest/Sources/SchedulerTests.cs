using AiStack.Ingest.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>Schedules, by clocks that tests set, and the turns that runs take.</summary>
public sealed class SchedulerTests(SourceFixture fixture) : IClassFixture<SourceFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_begins_when_its_time_comes_once_however_many_replicas_look()
    {
        var (caller, at) = await ScheduledAsync();
        var early = Scheduler(at - TimeSpan.FromMinutes(1));
        var replicas = Enumerable.Range(0, 4).Select(_ => Scheduler(at + TimeSpan.FromSeconds(1))).ToList();

        var before = await early.CheckAsync(Cancellation);
        var started = await Task.WhenAll(replicas.Select(replica => replica.CheckAsync(Cancellation)));

        Assert.Equal((0, 1), (before, started.Sum()));
        var run = Assert.Single(await RunsAsync(caller));
        Assert.Equal("schedule", run);
        Assert.Equal(at.AddYears(1), await NextAsync(caller));
    }

    [Fact]
    public async Task Times_that_were_missed_are_one_run()
    {
        var (caller, at) = await ScheduledAsync();
        var late = Scheduler(at.AddYears(5).AddDays(1));

        Assert.Equal(1, await late.CheckAsync(Cancellation));
        Assert.Equal(0, await late.CheckAsync(Cancellation));

        Assert.Equal(at.AddYears(6), await NextAsync(caller));
    }

    [Fact]
    public async Task A_clock_that_was_ahead_and_is_set_back_delays_no_run_and_starts_none()
    {
        var (caller, at) = await ScheduledAsync();
        await Scheduler(at.AddYears(50)).CheckAsync(Cancellation);

        Assert.Equal(0, await Scheduler(at.AddDays(1)).CheckAsync(Cancellation));

        Assert.Equal(at.AddYears(1), await NextAsync(caller));
    }

    [Fact]
    public async Task A_paused_source_is_not_read()
    {
        var (caller, at) = await ScheduledAsync();
        await caller.SendAsync("POST", $"/api/sources/{caller.Source}", new { paused = true });

        Assert.Equal(0, await Scheduler(at.AddDays(1)).CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_run_of_many_turns_reads_each_document_once()
    {
        await using var ingest = fixture.StartIngest(
            ("Ingest:Sources:LongestTurn", "00:00:00"), ("Ingest:Sources:Turn", "00:00:00"));
        var caller = await fixture.NewCallerAsync(ingest);
        for (var n = 0; n < 100; n++)
        {
            caller.Place.Put($"{n}.md", $"Number {n}.");
        }

        var lists = 0;
        caller.Place.Begin = _ => Interlocked.Increment(ref lists);

        Assert.Equal("found:100 added:100", await caller.CountsAsync());

        Assert.True(lists > 2, $"It had {lists} turns.");
        Assert.Equal((100, 100), (caller.Place.Fetched, (await caller.FilesAsync()).Count));
    }

    [Fact]
    public async Task A_source_with_too_many_documents_is_read_to_the_limit_and_nothing_is_removed()
    {
        await using var ingest = fixture.StartIngest(("Ingest:Sources:MaxItems", "10"));
        var caller = await fixture.NewCallerAsync(ingest);
        for (var n = 0; n < 11; n++)
        {
            caller.Place.Put($"{n}.md", $"Number {n}.");
        }

        var run = await caller.RunAsync();

        Assert.Contains("more than 10 documents", (string?)run["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_ends_its_run()
    {
        await using var ingest = fixture.StartIngest(("Ingest:Sources:AnswersWithin", "00:00:00.3"));
        var caller = await fixture.NewCallerAsync(ingest);
        caller.Place.Put("a.md", "Number one.");
        caller.Place.BeforeItem = (_, _) => Task.Delay(Timeout.Infinite, Cancellation);

        var run = await caller.RunAsync();

        Assert.Equal("The source did not answer within 0.3 seconds.", (string?)run["error"]);
    }

    private SourceScheduler Scheduler(DateTimeOffset now) => new(
        fixture.Database, Options.Create(new SourceOptions()), new FakeTimeProvider(now),
        NullLogger<SourceScheduler>.Instance);

    /// <summary>A source that is due once a year, which the service's own clock does not see.</summary>
    private async Task<(SourceCaller Caller, DateTimeOffset At)> ScheduledAsync()
    {
        var caller = await fixture.NewCallerAsync();
        var source = await caller.SendAsync("POST", $"/api/sources/{caller.Source}", new { schedule = "0 3 1 1 *" });
        return (caller, DateTimeOffset.FromUnixTimeSeconds((long)source["next_run_at"]!));
    }

    private static async Task<DateTimeOffset> NextAsync(SourceCaller caller) => DateTimeOffset.FromUnixTimeSeconds(
        (long)(await caller.SendAsync("GET", $"/api/sources/{caller.Source}"))["next_run_at"]!);

    private static async Task<List<string>> RunsAsync(SourceCaller caller) =>
    [
        .. (await caller.SendAsync("GET", $"/api/sources/{caller.Source}/runs"))["data"]!.AsArray()
            .Select(run => (string)run!["trigger"]!),
    ];
}
