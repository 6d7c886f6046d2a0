using AiStack.Console.Metrics;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Tests.Console.Telemetry;
using Xunit;
using static AiStack.Tests.Console.Overview.Reports;

namespace AiStack.Tests.Console.Metrics;

public sealed class MetricChartTests
{
    private static readonly InstrumentId _latency = new(
        "gateway", "Microsoft.AspNetCore.Hosting", "http.server.request.duration");

    private readonly TelemetryStores _stores = new();

    [Fact]
    public void A_histogram_is_four_percentiles_in_its_own_unit()
    {
        _stores.Metrics.Add([Requests(290, 10)]);

        var chart = Chart(new() { Instrument = _latency });

        Assert.Equal(["p50", "p90", "p95", "p99"], chart.Content.Series.Select(series => series.Label));
        Assert.Equal(("s", "Percentiles"), (chart.Unit, chart.Caption));
    }

    [Fact]
    public void A_histogram_that_is_split_is_a_line_of_one_percentile_for_each_value()
    {
        _stores.Metrics.Add([Requests(290, 10), Requests(290, 20, status: "500")]);

        var chart = Chart(new() { Instrument = _latency, SplitBy = "http.response.status_code" });

        Assert.Equal(["500", "200"], chart.Content.Series.Select(series => series.Label));
        Assert.Equal("95th percentile", chart.Caption);
    }

    [Fact]
    public void A_filter_leaves_only_what_has_one_of_its_values()
    {
        _stores.Metrics.Add([Requests(290, 10), Requests(290, 20, status: "500"), Requests(290, 40, status: "404")]);
        var view = new MetricView { Instrument = _latency }
            .With("http.response.status_code", "500", true).With("http.response.status_code", "404", true);

        Assert.Equal(60, Assert.Single(_stores.Metrics.ReadView(view, At(300))!.Lines).Total, 3);
    }

    [Fact]
    public void How_often_is_a_rate_whatever_was_measured()
    {
        _stores.Metrics.Add([Requests(290, 10)]);

        var chart = Chart(new() { Instrument = _latency, Measure = MetricMeasure.Rate });

        Assert.Equal(("{}/s", "Per second"), (chart.Unit, chart.Caption));
        Assert.Contains(1.0, chart.Content.Series[0].Values);
        Assert.Null(chart.Content.Marks);
    }

    [Fact]
    public void An_exemplar_is_a_mark_that_leads_to_its_trace_and_one_without_a_trace_is_none()
    {
        var traced = new Exemplar(At(285), 0.07, "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", default);
        _stores.Metrics.Add([Histogram(_latency, "s", 290, 2, 0.07, [], [traced, traced with { TraceId = null }])]);

        var mark = Assert.Single(Chart(new() { Instrument = _latency }).Content.Marks!);

        Assert.Equal("traces/4bf92f3577b34da6a3ce929d0e0e4736", mark.Href);
        Assert.Equal((At(285).ToUnixTimeSeconds(), 0.07), (mark.Time, mark.Value));
    }

    [Fact]
    public void Each_set_of_dimensions_is_a_row_the_largest_first_and_the_smallest_are_counted()
    {
        _stores.Metrics.Add([Requests(290, 10), Requests(290, 20, status: "500"), Requests(290, 5, status: "404")]);

        var rows = _stores.Metrics.ReadRows(new MetricView { Instrument = _latency }, At(300), max: 2)!;

        Assert.Equal(["500", "200"], rows.Rows.Select(row => row.Dimensions["http.response.status_code"]));
        Assert.Equal(1, rows.HiddenRows);
        Assert.Equal(20, rows.Rows[0].Line.Total);
    }

    [Fact]
    public void Replicas_that_report_the_same_dimensions_are_one_row()
    {
        var one = Requests(290, 10);
        _stores.Metrics.Add([one, one with { Resource = one.Resource with { Instance = "2" } }]);

        var row = Assert.Single(
            _stores.Metrics.ReadRows(new MetricView { Instrument = _latency }, At(300), max: 10)!.Rows);

        Assert.Equal(20, row.Line.Total);
    }

    [Fact]
    public void An_instrument_that_nobody_reported_has_nothing_to_show()
    {
        var view = new MetricView { Instrument = new("nobody", "", "nothing") };

        Assert.Null(_stores.Metrics.ReadView(view, At(300)));
        Assert.Null(_stores.Metrics.ReadRows(view, At(300), max: 10));
    }

    [Fact]
    public void Everything_that_is_kept_begins_with_the_first_report()
    {
        _stores.Metrics.Add([Requests(-5_000, 10)]);
        _stores.Metrics.Add([Requests(290, 10)]);

        var window = _stores.Metrics.ReadView(new() { Instrument = _latency, Window = null }, At(300))!;

        Assert.Equal(20, Assert.Single(window.Lines).Total, 3);
    }

    private MetricChart Chart(MetricView view) =>
        MetricChart.Of(_stores.Metrics.ReadView(view, At(300))!, view.Measure);
}
