using AiStack.Console.Alerts;
using AiStack.Console.Overview;
using AiStack.Console.Resources;
using AiStack.Console.Start;
using AiStack.Console.Telemetry;
using AiStack.Tests.Console.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;
using System.Diagnostics.Metrics;
using static AiStack.Tests.Console.Overview.Reports;

namespace AiStack.Tests.Console.Alerts;

/// <summary>When the Console says that somebody should look, and when it says so no more.</summary>
public sealed class AlertTests
{
    private readonly TelemetryStores _stores = new();
    private readonly AlertOptions _limits = new() { ClearAfter = TimeSpan.FromMinutes(1) };

    [Fact]
    public void Requests_that_fail_are_an_alert_above_the_share_that_may()
    {
        _stores.Metrics.Add([Requests(290, 95), Requests(290, 5, status: "500")]);
        Assert.Empty(Find());

        _stores.Metrics.Add([Requests(299, 1, status: "502")]);

        var found = Assert.Single(Find());
        Assert.Equal("error_rate", found.Rule);
        Assert.Equal("5.9 % of 101 requests in 5 min; the limit is 5 %.", found.Detail);
        Assert.Contains("where=http.response.status_code%3D502", found.Href, StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_requests_prove_nothing()
    {
        _stores.Metrics.Add([Requests(290, 19, each: 60, status: "500")]);

        Assert.Empty(Find());
    }

    [Fact]
    public void Requests_that_take_long_are_an_alert()
    {
        _limits.MaxLatency = TimeSpan.FromSeconds(2);
        _stores.Metrics.Add([Requests(290, 80), Requests(290, 20, each: 5, status: "201")]);

        Assert.Equal("latency", Assert.Single(Find()).Rule);
    }

    [Fact]
    public void Work_that_waits_or_was_set_aside_is_an_alert_for_each_queue()
    {
        _stores.Metrics.Add(Queue(296, "ingest.process-file", ready: 5, age: 601, parked: 2));
        _stores.Metrics.Add(Queue(297, "ingest.clear-file", ready: 1, age: 599));

        Assert.Equal(
            [("queue_age", "ingest.process-file"), ("work_parked", "ingest.process-file")],
            Find().Select(found => (found.Rule, found.Subject)).Order());
    }

    [Fact]
    public void A_layer_that_does_not_answer_and_a_part_that_is_not_well_are_alerts()
    {
        var layer = new LayerState(StackProbe.Layers[1], false, TimeSpan.Zero, "It is away.");
        var sick = new Resource
        {
            Name = "postgres", Kind = "store", State = "Running", Health = new(false, [new("connect", "refused")]),
        };
        var well = new Resource { Name = "cache", Kind = "store", State = "Running", Health = new(true, []) };

        var found = AlertRules.Find(new Measured(_stores.Metrics, At(300)), [layer], [sick, well], _limits).ToArray();

        Assert.Equal([("unreachable", "Data"), ("resource", "postgres")], found.Select(one => (one.Rule, one.Subject)));
        Assert.Equal("It is away.", found[0].Detail);
        Assert.Equal("Unhealthy: connect, refused", found[1].Detail);
    }

    [Fact]
    public void Only_the_gateway_is_an_alert_when_nothing_is_reached_through_it()
    {
        var layers = StackProbe.Layers.Select(layer => new LayerState(layer, false, TimeSpan.Zero, "It is away."))
            .ToList();

        var found = AlertRules.Find(new Measured(_stores.Metrics, At(300)), layers, [], _limits);

        Assert.Equal("Gateway", Assert.Single(found).Subject);
    }

    [Fact]
    public void What_passes_as_a_restart_does_is_no_alert()
    {
        var board = Board();
        var finding = new AlertFinding("unreachable", "Gateway", "Gateway does not answer", "It is away.", "#layers");
        board.Update([finding]);
        _stores.Time.Advance(TimeSpan.FromSeconds(14));
        board.Update([finding]);
        Assert.Empty(board.Alerts);

        _stores.Time.Advance(TimeSpan.FromSeconds(1));
        board.Update([finding]);
        Assert.Single(board.Alerts);
    }

    [Fact]
    public void An_alert_stands_since_it_was_found_first_and_clears_by_itself()
    {
        var board = Board();
        var finding = new AlertFinding("latency", "", "Slow", "2 s", "metrics");
        board.Update([finding]);
        _stores.Time.Advance(TimeSpan.FromSeconds(30));
        board.Update([finding with { Detail = "3 s" }]);

        var alert = Assert.Single(board.Alerts);
        Assert.Equal((TelemetryStores.Noon, "3 s"), (alert.Since, alert.Detail));

        _stores.Time.Advance(TimeSpan.FromSeconds(59));
        board.Update([]);
        Assert.Single(board.Alerts);

        _stores.Time.Advance(TimeSpan.FromSeconds(2));
        board.Update([]);
        Assert.Empty(board.Alerts);
    }

    [Fact]
    public void A_reason_that_comes_and_goes_is_one_alert()
    {
        var board = Board();
        var finding = new AlertFinding("latency", "", "Slow", "2 s", "metrics");
        for (var minute = 0; minute < 5; minute++)
        {
            board.Update([finding]);
            _stores.Time.Advance(TimeSpan.FromSeconds(30));
            board.Update([]);
            _stores.Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(TelemetryStores.Noon, Assert.Single(board.Alerts).Since);
    }

    [Fact]
    public void Lost_telemetry_is_an_alert_for_as_long_as_the_loss_is_of_late()
    {
        var losses = new TelemetryLosses(TimeSpan.FromMinutes(5));
        Assert.Empty(losses.Find(_stores.Ledger.Read(), At(0)));

        _stores.Ledger.Lost(TelemetrySignal.Metrics, LossReason.MadeRoom, 1_000);
        Assert.Empty(losses.Find(_stores.Ledger.Read(), At(10)));

        _stores.Ledger.Lost(TelemetrySignal.Metrics, LossReason.SeriesLimit, 7);
        Assert.Contains(
            "7 items", Assert.Single(losses.Find(_stores.Ledger.Read(), At(20))).Detail, StringComparison.Ordinal);
        Assert.Single(losses.Find(_stores.Ledger.Read(), At(200)));
        Assert.Empty(losses.Find(_stores.Ledger.Read(), At(330)));
    }

    private AlertFinding[] Find() => [.. AlertRules.Find(new Measured(_stores.Metrics, At(300)), [], [], _limits)];

    private AlertBoard Board() => new(
        Options.Create(_limits),
        new ConsoleTelemetry(
            new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()),
        _stores.Time,
        NullLogger<AlertBoard>.Instance);
}
