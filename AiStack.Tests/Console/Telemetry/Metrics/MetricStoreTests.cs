using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Metrics;
using CsCheck;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Metrics.Points;

namespace AiStack.Tests.Console.Telemetry.Metrics;

public sealed class MetricStoreTests
{
    [Fact]
    public void A_total_that_grows_is_read_as_a_rate()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100))]);
        stores.Metrics.Add([Counter(Number(20, 150))]);
        stores.Metrics.Add([Counter(Number(30, 150))]);

        var line = stores.Line(Window(0, 40, 10));

        Assert.Equal([10, 5, 0, null], line.Values);
        Assert.Equal(150, line.Total);
    }

    [Fact]
    public void A_total_that_is_smaller_began_again()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100))]);
        stores.Metrics.Add([Counter(Number(20, 30, since: 15))]);

        Assert.Equal([10, 3], stores.Line(Window(0, 20, 10)).Values);
    }

    [Fact]
    public void A_total_that_began_again_and_is_larger_already_counts_whole()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100))]);
        stores.Metrics.Add([Counter(Number(20, 120, since: 10))]);

        Assert.Equal(220, stores.Line(Window(0, 20, 10)).Total);
    }

    [Fact]
    public void The_first_total_of_a_process_that_began_before_us_says_nothing_but_what_it_grows_by_does()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 1_000_000, since: -3_600))]);
        stores.Metrics.Add([Counter(Number(20, 1_000_020, since: -3_600))]);

        Assert.Equal([null, 2], stores.Line(Window(0, 20, 10)).Values);
    }

    [Fact]
    public void A_series_that_appears_later_counts_from_the_report_before()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 5, since: -3_600, dimensions: ("status", "200")))]);
        stores.Metrics.Add([Counter(
            Number(20, 5, since: -3_600, dimensions: ("status", "200")),
            Number(20, 1, since: -3_600, dimensions: ("status", "500")))]);

        var failed =
            stores.Metrics.Read(Window(10, 20, 10, splitBy: "status"))!.Lines.Single(line => line.Label == "500");

        Assert.Equal((1, 0.1), (failed.Total, failed.Values[0]));
    }

    [Fact]
    public void What_is_sent_as_added_is_read_as_what_is_sent_as_a_total() =>
        Gen.Int[0, 50].Array[1, 20].Sample(added =>
        {
            var (totals, deltas) = (new TelemetryStores(), new TelemetryStores());
            var total = 0;
            for (var i = 0; i < added.Length; i++)
            {
                total += added[i];
                totals.Metrics.Add([Counter(Number((i + 1) * 7, total))]);
                deltas.Metrics.Add([Update(
                    InstrumentKind.Sum, MetricTemporality.Delta, "1", true,
                        Number((i + 1) * 7, added[i], since: i * 7))]);
            }

            var (left, right) = (totals.Line(Window(0, 140, 10)), deltas.Line(Window(0, 140, 10)));
            Assert.Equal(left.Total, right.Total, 1e-9);
            Assert.Equal(left.Values.Select(value => value ?? -1), right.Values.Select(value => value ?? -1), Near);
        });

    [Fact]
    public void The_buckets_of_a_window_add_up_to_its_total_however_they_lie() =>
        Gen.Select(Gen.Double[1, 30], Gen.Int[0, 100].Array[2, 10], Gen.Double[0.5, 20])
            .Sample((interval, added, step) =>
        {
            var stores = new TelemetryStores();
            for (var i = 0; i < added.Length; i++)
            {
                stores.Metrics.Add([Update(
                    InstrumentKind.Sum, MetricTemporality.Delta, "1", true,
                    Number((i + 1) * interval, added[i], since: i * interval))]);
            }

            var line = stores.Line(Window(0, (added.Length * interval) + 1, step));

            Assert.Equal(added.Sum(), line.Total, 1e-6);
        });

    [Fact]
    public void Instances_add_up_and_can_be_told_apart()
    {
        var stores = new TelemetryStores();
        foreach (var instance in new[] { "1", "2", "3" })
        {
            stores.Metrics.Add(
                [Update(InstrumentKind.Sum, MetricTemporality.Cumulative, instance, true, Number(10, 100))]);
        }

        Assert.Equal([30], stores.Line(Window(0, 10, 10)).Values);
        Assert.Equal(3, stores.Metrics.Read(Window(0, 10, 10, MetricStore.InstanceKey))!.Lines.Count);
    }

    [Fact]
    public void A_gauge_holds_its_value_until_the_next_report_and_not_for_ever()
    {
        var stores = new TelemetryStores();
        foreach (var seconds in new[] { 0, 10, 20, 30 })
        {
            stores.Metrics.Add([Gauge(Number(seconds, seconds < 20 ? 7 : 3))]);
        }

        Assert.Equal([7, 7, 7, 7, 3, 3, 3, 3, 3, 3, null, null], stores.Line(Window(0, 60, 5)).Values);
    }

    [Fact]
    public void A_sum_that_goes_up_and_down_is_a_value_also_where_changes_are_sent()
    {
        var (totals, deltas) = (new TelemetryStores(), new TelemetryStores());
        foreach (var (seconds, change, total) in new[] { (0, 5, 5), (10, -2, 3), (20, 4, 7) })
        {
            totals.Metrics.Add(
                [Update(InstrumentKind.Sum, MetricTemporality.Cumulative, "1", false, Number(seconds, total))]);
            deltas.Metrics.Add(
                [Update(InstrumentKind.Sum, MetricTemporality.Delta, "1", false, Number(seconds, change))]);
        }

        Assert.Equal([5, 3, 7], totals.Line(Window(0, 30, 10)).Values);
        Assert.Equal([5, 3, 7], deltas.Line(Window(0, 30, 10)).Values);
    }

    [Fact]
    public void Filters_and_splits_choose_series_by_their_dimensions()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(
            Number(10, 10, dimensions: [("method", "GET"), ("route", "/a")]),
            Number(10, 20, dimensions: [("method", "POST"), ("route", "/a")]),
            Number(10, 40, dimensions: ("method", "GET")))]);

        var window = Window(0, 10, 10);
        Assert.Equal(50, stores.Line(window with { Where = Having("method", "GET") }).Total);
        Assert.Equal(40, stores.Line(window with { Where = Having("route", "") }).Total);
        Assert.Equal(
            [("GET", 50), ("POST", 20)],
            stores.Metrics.Read(window with { SplitBy = "method" })!.Lines.Select(line => (line.Label, line.Total)));
        Assert.Equal(
            ["/a"], stores.Metrics.Dimensions(Requests).Single(dimension => dimension.Key == "route").Values);
        Assert.Equal(1, stores.Metrics.Read(window with { SplitBy = "method", MaxLines = 1 })!.HiddenLines);

        static Dictionary<string, IReadOnlyCollection<string>> Having(string key, string value) =>
            new() { [key] = [value] };
    }

    [Fact]
    public void A_million_different_dimensions_take_the_room_of_as_many_as_there_may_be()
    {
        var stores = new TelemetryStores(limits => limits.MaxSeriesPerInstrument = 100);
        foreach (var batch in Enumerable.Range(0, 1_000_000).Chunk(10_000))
        {
            stores.Metrics.Add([Update(
                InstrumentKind.Sum, MetricTemporality.Delta, "1", true,
                [.. batch.Select(i => Number(1 + (batch[0] / 10_000), 1, batch[0] / 10_000, ("user", $"{i}")))])]);
        }

        var instrument = Assert.Single(stores.Metrics.Instruments);
        Assert.Equal((101, true), (instrument.SeriesCount, instrument.HasOverflow));
        Assert.Equal(1_000_000, stores.Line(Window(0, 200, 10)).Total, 1e-6);
        Assert.Equal(999_900, stores.Lost(TelemetrySignal.Metrics, LossReason.SeriesLimit));
    }

    [Fact]
    public void Totals_beyond_the_limit_are_one_total_together()
    {
        var stores = new TelemetryStores(limits => limits.MaxSeriesPerInstrument = 10);
        foreach (var report in new[] { 1, 2, 3 })
        {
            stores.Metrics.Add([Counter(
                [.. Enumerable.Range(0, 30)
                    .Select(i => Number(report * 10, report * 5, dimensions: ("user", $"{i}")))])]);
        }

        var overflow =
            stores.Metrics.Read(Window(0, 30, 10, "otel.metric.overflow"))!.Lines.Single(line => line.Label == "true");

        Assert.Equal([10, 10, 10], overflow.Values);
    }

    [Fact]
    public void Ever_new_instances_take_no_more_room_when_there_is_none()
    {
        var stores = new TelemetryStores(limits => limits.MaxSeries = 100);
        foreach (var instance in Enumerable.Range(0, 5_000))
        {
            stores.Metrics.Add([Update(
                InstrumentKind.Sum, MetricTemporality.Delta, $"{instance}", true, Number(10, 1))]);
        }

        Assert.Equal(1_100, Assert.Single(stores.Metrics.Instruments).SeriesCount);
        Assert.Equal(1_100, stores.Line(Window(0, 10, 10)).Total);
        Assert.Equal(4_900, stores.Lost(TelemetrySignal.Metrics, LossReason.SeriesLimit));
    }

    [Fact]
    public void Processes_that_fell_silent_make_room_for_new_ones()
    {
        var stores = new TelemetryStores(limits => limits.MaxSeries = 100);
        foreach (var restart in Enumerable.Range(0, 300))
        {
            stores.Metrics.Add(
                [Update(InstrumentKind.Sum, MetricTemporality.Cumulative, $"{restart}", true,
                    Number(restart * 60, 1))]);
            stores.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var instrument = Assert.Single(stores.Metrics.Instruments);
        Assert.False(instrument.HasOverflow);
        Assert.InRange(instrument.SeriesCount, 5, 100);
        Assert.Equal(At(299 * 60), instrument.LastTime);
    }

    [Fact]
    public void An_instrument_of_which_all_fell_silent_lives_on_when_it_is_reported_again()
    {
        var stores = new TelemetryStores(limits => limits.MaxSeries = 1);
        stores.Metrics.Add([Update(InstrumentKind.Sum, MetricTemporality.Delta, "1", true, Number(10, 1))]);
        stores.Time.Advance(TimeSpan.FromMinutes(10));
        stores.Metrics.Add([Update(InstrumentKind.Sum, MetricTemporality.Delta, "2", true, Number(600, 1))]);

        var instrument = Assert.Single(stores.Metrics.Instruments);
        Assert.Equal((1, false, At(600)), (instrument.SeriesCount, instrument.HasOverflow, instrument.LastTime));
    }

    [Fact]
    public void A_clock_that_runs_ahead_does_not_silence_its_series()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100)), Counter(Number(86_400, 120))]);
        stores.Metrics.Add([Counter(Number(20, 150))]);

        Assert.Equal(150, stores.Line(Window(0, 20, 10)).Total);
        Assert.Equal(1, stores.Lost(TelemetrySignal.Metrics, LossReason.Invalid));
    }

    [Fact]
    public void Wide_histograms_count_for_as_many_points_as_they_are_large()
    {
        var stores = new TelemetryStores(limits => limits.MaxPoints = 210);
        foreach (var i in Enumerable.Range(1, 100))
        {
            var bounds = Enumerable.Range(0, 160).Select(bound => (double)bound).ToArray();
            var counts = new long[161];
            counts[1] = 1;
            stores.Metrics.Add([Histogram(MetricTemporality.Delta, Values(i, bounds, counts, since: i - 1))]);
        }

        var kept = Assert.Single(stores.Metrics.Copy(_ => true));

        Assert.Equal(10, kept.Points.Count);
        Assert.Equal(At(100), kept.Points[^1].Time);
    }

    [Fact]
    public void A_series_keeps_its_newest_points()
    {
        var stores = new TelemetryStores(limits => limits.MaxPointsPerSeries = 10);
        foreach (var i in Enumerable.Range(1, 100))
        {
            stores.Metrics.Add([Counter(Number(i, i))]);
        }

        var line = stores.Line(Window(0, 100, 50));

        Assert.Equal([null, 1], line.Values);
        Assert.Equal(10, line.Total, 1e-9);
    }

    [Fact]
    public void A_report_that_comes_twice_or_late_changes_nothing()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100))]);
        stores.Metrics.Add([Counter(Number(20, 150))]);
        stores.Metrics.Add([Counter(Number(20, 150)), Counter(Number(10, 100))]);

        Assert.Equal(150, stores.Line(Window(0, 20, 10)).Total);
        Assert.Equal(2, stores.Lost(TelemetrySignal.Metrics, LossReason.Duplicate));
    }

    [Fact]
    public void An_instrument_that_becomes_another_kind_is_the_new_one()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100))]);
        stores.Metrics.Add([Gauge(Number(20, 3))]);

        Assert.Equal(InstrumentKind.Gauge, Assert.Single(stores.Metrics.Instruments).Kind);
        Assert.Equal([null, 3], stores.Line(Window(10, 30, 10)).Values);
    }

    [Fact]
    public void One_bucket_is_exactly_the_window()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100)), Counter(Number(20, 200))]);

        var window = stores.Metrics.Read(Window(3, 15, 0))!;

        Assert.Equal(At(3), Assert.Single(window.Starts));
        Assert.Equal(120, Assert.Single(window.Lines).Total, 1e-9);
    }

    [Fact]
    public void A_window_of_a_year_in_seconds_has_as_many_buckets_as_there_may_be()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Counter(Number(10, 100))]);

        var window = stores.Metrics.Read(Window(-365 * 86_400, 3_600, 1))!;

        Assert.InRange(window.Starts.Count, 1_000, MetricQuery.MaxSteps);
    }

    [Fact]
    public void Exemplars_are_those_of_the_window_and_the_newest_first()
    {
        var stores = new TelemetryStores();
        foreach (var i in Enumerable.Range(1, 20))
        {
            var exemplar = new Exemplar(At(i * 10), i, Spans.TraceId(i), Spans.SpanId(i), default);
            stores.Metrics.Add([Counter(Number(i * 10, i) with { Exemplars = [exemplar] })]);
        }

        var exemplars = stores.Metrics.Read(Window(0, 101, 10))!.Exemplars;

        Assert.Equal([10, 9, 8, 7, 6, 5], exemplars.Select(exemplar => (int)exemplar.Value));
    }

    private static bool Near(double left, double right) => Math.Abs(left - right) < 1e-9;
}
