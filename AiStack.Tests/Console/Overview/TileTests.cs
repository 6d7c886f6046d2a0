using AiStack.Console.Overview;
using AiStack.Console.Usage;
using Xunit;

namespace AiStack.Tests.Console.Overview;

/// <summary>What the tiles say of what was counted.</summary>
public sealed class TileTests
{
    private const long Noon = 1_790_078_400;

    [Fact]
    public void Where_nothing_was_asked_the_tiles_say_so_and_are_calm()
    {
        var tiles = Read(null);

        Assert.Equal("0", Figure(tiles, "Requests"));
        Assert.Equal("–", Figure(tiles, "Errors"));
        Assert.Equal("–", Figure(tiles, "Latency (p95)"));
        Assert.Equal("0 USD", Figure(tiles, "Cost"));
        Assert.Equal(("0", "nothing waits"), (Figure(tiles, "Waiting work"), Note(tiles, "Waiting work")));
        Assert.DoesNotContain(tiles, tile => tile.IsBad);
    }

    [Fact]
    public void What_was_counted_is_shown_as_people_read_it()
    {
        var tiles = Read(Counted(requests: 1_200) with
        {
            NumFailedRequests = 30,
            NumCancelledRequests = 4,
            NumCitedRequests = 900,
            NumRefusals = 1,
            InputTokens = 10_000,
            OutputTokens = 2_345,
            Cost = 1.5m,
            LatencyP50Seconds = 0.5,
            LatencyP95Seconds = 2,
            LatencyP99Seconds = 4,
            FirstTokenP50Seconds = 0.05,
            FirstTokenP95Seconds = 0.25,
        });

        Assert.Equal(("1,200", "1 refusal"), (Figure(tiles, "Requests"), Note(tiles, "Requests")));
        Assert.Equal(("2.5 %", "30 failed, 4 cancelled"), (Figure(tiles, "Errors"), Note(tiles, "Errors")));
        Assert.True(tiles.Single(tile => tile.Title == "Errors").IsBad);
        Assert.Equal("75 %", Figure(tiles, "Cited"));
        Assert.Equal(
            ("2 s", "half within 500 ms, 99 % within 4 s"),
            (Figure(tiles, "Latency (p95)"), Note(tiles, "Latency (p95)")));
        Assert.Equal(
            ("250 ms", "half within 50 ms"), (Figure(tiles, "First words (p95)"), Note(tiles, "First words (p95)")));
        Assert.Equal(("12,345", "10,000 in, 2,345 out"), (Figure(tiles, "Tokens"), Note(tiles, "Tokens")));
        Assert.Equal(("1.50 USD", "of all answers"), (Figure(tiles, "Cost"), Note(tiles, "Cost")));
    }

    [Fact]
    public void A_cost_that_is_not_known_is_not_shown_as_nothing()
    {
        var some = Read(Counted(requests: 3) with { Cost = 2, NumUnpricedRequests = 1 });
        var all = Read(Counted(requests: 3) with { NumUnpricedRequests = 3 });

        Assert.Equal(
            ("over 2.00 USD", "of 1 answer it is not known"), (Figure(some, "Cost"), Note(some, "Cost")));
        Assert.Equal("unknown", Figure(all, "Cost"));
    }

    [Fact]
    public void A_course_has_a_value_for_each_bucket_and_none_where_there_was_no_answer_to_measure()
    {
        var counted = Counted(requests: 2) with { LatencyP95Seconds = 3 };
        var tiles = Tiles.Read(Of(counted) with
        {
            Buckets = new([new(Noon, Noon + 60, []), new(Noon + 60, Noon + 120, [counted])], "USD"),
        });

        var requests = tiles.Single(tile => tile.Title == "Requests").Chart;
        Assert.Equal([Noon, Noon + 60.0], requests.Times);
        Assert.Equal([0.0, 2], requests.Series[0].Values);
        Assert.Equal([null, 3.0], tiles.Single(tile => tile.Title == "Latency (p95)").Chart.Series[0].Values);
    }

    [Fact]
    public void Work_that_waits_is_added_up_and_what_was_set_aside_is_said_first()
    {
        QueueView[] queues =
        [
            new("ingest.process-file", 5, 2, 0, 75), new("retrieval.index-file", 1, 0, 0, 20),
        ];
        var waiting = Tiles.Read(Of(null) with { Queues = queues });
        var parked = Tiles.Read(Of(null) with { Queues = [.. queues, new("evals.answer-item", 0, 0, 3, 0)] });

        Assert.Equal(
            ("8", "the oldest for 75 s"), (Figure(waiting, "Waiting work"), Note(waiting, "Waiting work")));
        Assert.Equal("3 set aside after failures", Note(parked, "Waiting work"));
        Assert.True(parked.Single(tile => tile.Title == "Waiting work").IsBad);
    }

    [Theory]
    [InlineData("week", "store", "Last 7 days", "Store")]
    [InlineData("hour", "time", "Last hour", "Time")]
    [InlineData(null, null, "Last 24 hours", "Model")]
    [InlineData("century", "colour", "Last 24 hours", "Model")]
    public void The_address_says_what_is_shown_and_what_it_says_wrongly_is_the_day_by_model(
        string? range, string? by, string rangeTitle, string byTitle)
    {
        var choice = OverviewChoice.Of(range, by);

        Assert.Equal((rangeTitle, byTitle), (choice.Range.Title, choice.Title));
        Assert.Equal(rangeTitle, Assert.Single(choice.Ranges, link => link.IsChosen).Title);
        Assert.Equal(byTitle, Assert.Single(choice.Groups, link => link.IsChosen).Title);
    }

    [Fact]
    public void Choosing_a_time_keeps_what_it_is_counted_by()
    {
        var choice = OverviewChoice.Of("week", "time");

        Assert.Equal("?range=month&by=time", choice.Ranges.Single(link => link.Title == "Last 30 days").Href);
        Assert.Equal("?range=week&by=key", choice.Groups.Single(link => link.Title == "Key").Href);
    }

    private static IReadOnlyList<Tile> Read(UsageResult? total) => Tiles.Read(Of(total));

    private static Glance Of(UsageResult? total)
    {
        var buckets = new UsageBuckets([], "USD");
        return new(OverviewChoice.Of(null, null), total, buckets, [], buckets, [], [], null);
    }

    private static UsageResult Counted(long requests) => new(
        null, null, null, requests, 0, 0, 0, 0, 0, 0, 0, "USD", 0, null, null, null, null, null);

    private static string Figure(IReadOnlyList<Tile> tiles, string title) =>
        tiles.Single(tile => tile.Title == title).Figure;

    private static string Note(IReadOnlyList<Tile> tiles, string title) =>
        tiles.Single(tile => tile.Title == title).Note;
}
