using AiStack.Ingest.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>Schedules, by clocks that tests set.</summary>
public sealed class SchedulerTests : IAsyncLifetime
{
    // The service's own clock would set right what those of the tests do.
    private readonly SourceFixture _fixture = new() { Settings = [("Ingest:Sources:CheckEvery", "00:01:00")] };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_run_begins_when_its_time_comes_once_however_many_replicas_look()
    {
        var (caller, at) = await ScheduledAsync();
        var early = Scheduler(at - TimeSpan.FromMinutes(1));
        var replicas = Enumerable.Range(0, 4).Select(_ => Scheduler(at + TimeSpan.FromSeconds(1))).ToList();

        await early.CheckAsync(Cancellation);
        Assert.Empty(await RunsAsync(caller));
        await Task.WhenAll(replicas.Select(replica => replica.CheckAsync(Cancellation)));

        Assert.Equal("schedule", Assert.Single(await RunsAsync(caller)));
        Assert.Equal(at.AddYears(1), await NextAsync(caller));
    }

    [Fact]
    public async Task Times_that_were_missed_are_one_run()
    {
        var (caller, at) = await ScheduledAsync();
        var late = Scheduler(at.AddYears(5).AddDays(1));

        await late.CheckAsync(Cancellation);
        await late.CheckAsync(Cancellation);

        Assert.Single(await RunsAsync(caller));
        Assert.Equal(at.AddYears(6), await NextAsync(caller));
    }

    [Fact]
    public async Task A_clock_that_was_ahead_and_is_set_back_delays_no_run_and_starts_none()
    {
        var (caller, at) = await ScheduledAsync();
        await Scheduler(at.AddYears(50)).CheckAsync(Cancellation);

        await Scheduler(at.AddDays(1)).CheckAsync(Cancellation);

        Assert.Single(await RunsAsync(caller));
        Assert.Equal(at.AddYears(1), await NextAsync(caller));
    }

    [Fact]
    public async Task A_paused_source_is_not_read()
    {
        var (caller, at) = await ScheduledAsync();
        await caller.SendAsync("POST", $"/api/sources/{caller.Source}", new { paused = true });

        await Scheduler(at.AddDays(1)).CheckAsync(Cancellation);

        Assert.Empty(await RunsAsync(caller));
    }

    private SourceScheduler Scheduler(DateTimeOffset now) => new(
        _fixture.Database, Options.Create(new SourceOptions()), new FakeTimeProvider(now),
        NullLogger<SourceScheduler>.Instance);

    /// <summary>A source that is due once a year, which the service's own clock does not see.</summary>
    private async Task<(SourceCaller Caller, DateTimeOffset At)> ScheduledAsync()
    {
        var caller = await _fixture.NewCallerAsync();
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
