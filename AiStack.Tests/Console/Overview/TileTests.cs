using AiStack.Console.Overview;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Tests.Console.Telemetry;
using Xunit;
using static AiStack.Tests.Console.Overview.Reports;

namespace AiStack.Tests.Console.Overview;

public sealed class TileTests
{
    private readonly TelemetryStores _stores = new();

    [Fact]
    public void Without_reports_there_are_no_tiles() => Assert.Empty(Read());

    [Fact]
    public void Requests_are_counted_without_the_question_whether_all_is_well()
    {
        _stores.Metrics.Add([Requests(280, 30), Requests(280, 500, isProbe: true)]);

        var tile = Tile("Requests");

        Assert.Equal("30 in 5 minutes", tile.Note);
        Assert.Equal("3/s", tile.Figure);
        Assert.Contains("http.server.request.duration", tile.Href, StringComparison.Ordinal);
        Assert.True(tile.Chart.HasValues);
    }

    [Fact]
    public void What_is_older_than_five_minutes_is_not_counted()
    {
        _stores.Metrics.Add([Requests(-20, 1_000)]);
        _stores.Metrics.Add([Requests(290, 6)]);

        Assert.Equal("6 in 5 minutes", Tile("Requests").Note);
    }

    [Fact]
    public void An_error_is_an_answer_of_500_and_above()
    {
        _stores.Metrics.Add([Requests(290, 90), Requests(290, 7, status: "404"), Requests(290, 3, status: "503")]);

        var tile = Tile("Errors");

        Assert.Equal(("3 %", "3 of 100 failed", true), (tile.Figure, tile.Note, tile.IsBad));
        Assert.Contains("where=http.response.status_code%3D503", tile.Href, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_errors_the_tile_is_calm()
    {
        _stores.Metrics.Add([Requests(290, 90)]);

        Assert.Equal(("0 %", false), (Tile("Errors").Figure, Tile("Errors").IsBad));
    }

    [Fact]
    public void Latency_is_the_95th_percentile_with_the_median_beside_it()
    {
        // Evenly spread within their buckets: 90 of 100 up to 100 ms, 10 from 1 s to 10 s.
        _stores.Metrics.Add([Requests(290, 90), Requests(290, 10, each: 5, status: "201")]);

        var tile = Tile("Latency (p95)");

        Assert.Equal("5.5 s", tile.Figure);
        Assert.Equal("half within 60 ms, 99 % within 9.1 s", tile.Note);
    }

    [Fact]
    public void Tokens_are_the_sum_of_what_was_measured_and_not_how_often()
    {
        var usage = new InstrumentId("serving", "Experimental.Microsoft.Extensions.AI", "gen_ai.client.token.usage");
        _stores.Metrics.Add(
        [
            Histogram(usage, "{token}", 290, 4, 100, [new("gen_ai.token.type", "input")]),
            Histogram(usage, "{token}", 290, 4, 20, [new("gen_ai.token.type", "output")]),
        ]);

        var tile = Tile("Tokens");

        Assert.Equal("400 in, 80 out in 5 minutes", tile.Note);
        Assert.Equal("48/s", tile.Figure);
    }

    [Fact]
    public void A_queue_that_two_replicas_count_is_counted_once()
    {
        _stores.Metrics.Add(Queue(295, "ingest.process-file", ready: 4, leased: 2, age: 42));
        _stores.Metrics.Add(Queue(296, "ingest.process-file", ready: 4, leased: 2, age: 42, replica: "2"));
        _stores.Metrics.Add(Queue(297, "ingest.clear-file", ready: 1));

        var tile = Tile("Work in queues");

        Assert.Equal(("7", "oldest 42.0 s"), (tile.Figure, tile.Note));
    }

    [Fact]
    public void What_a_replica_reported_that_has_gone_since_does_not_count()
    {
        _stores.Metrics.Add(Queue(200, "ingest.process-file", ready: 50, replica: "gone"));
        _stores.Metrics.Add(Queue(210, "ingest.process-file", ready: 50, replica: "gone"));
        _stores.Metrics.Add(Queue(290, "ingest.process-file", ready: 0));
        _stores.Metrics.Add(Queue(295, "ingest.process-file", ready: 0));

        Assert.Equal(("0", "nothing waits"), (Tile("Work in queues").Figure, Tile("Work in queues").Note));
    }

    [Fact]
    public void Work_that_was_set_aside_is_said_first()
    {
        _stores.Metrics.Add(Queue(295, "ingest.process-file", ready: 0, parked: 3));

        Assert.Equal(("3 set aside after failures", true), (Tile("Work in queues").Note, Tile("Work in queues").IsBad));
    }

    [Fact]
    public void The_index_is_behind_by_the_oldest_file_that_waits_and_up_to_date_when_none_does()
    {
        var searchable = new InstrumentId(
            "retrieval", "AiStack.Retrieval", "aistack.retrieval.file.time_to_searchable");
        _stores.Metrics.Add([Histogram(searchable, "s", 290, 5, 0.5, [])]);
        Assert.Equal("Up to date", Tile("Index freshness").Figure);

        _stores.Metrics.Add(Queue(296, "ingest.process-file", ready: 1, age: 75));
        _stores.Metrics.Add(Queue(296, "ingest.clear-file", ready: 1, age: 9_000));

        Assert.Equal("75.0 s behind", Tile("Index freshness").Figure);
        Assert.StartsWith("95 % of files found within", Tile("Index freshness").Note, StringComparison.Ordinal);
    }

    private IReadOnlyList<Tile> Read() => Tiles.Read(new Measured(_stores.Metrics, At(300)));

    private Tile Tile(string title) => Read().Single(tile => tile.Title == title);
}
