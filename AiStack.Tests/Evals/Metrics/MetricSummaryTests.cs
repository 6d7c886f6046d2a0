using AiStack.Evals.Metrics;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Evals.Metrics;

public sealed class MetricSummaryTests
{
    /// <summary>
    /// Four questions with a source (ranks 1, 3, 7, none) and two without (one refused), worked by hand.
    /// </summary>
    [Fact]
    public void A_run_worked_by_hand_is_reproduced()
    {
        Observation[] run =
        [
            new(0, true, 1, true, true, true, false, TimeSpan.FromSeconds(1), 100, 10),
            new(1, true, 3, false, true, true, false, TimeSpan.FromSeconds(2), 100, 20),
            new(2, true, 7, false, false, false, false, TimeSpan.FromSeconds(3), 100, 30),
            new(3, true, null, false, false, null, true, TimeSpan.FromSeconds(4), 100, 0),
            new(4, false, null, false, false, null, true, TimeSpan.FromSeconds(5), 100, 0),
            new(5, false, null, false, false, null, false, TimeSpan.FromSeconds(6), 160, 60),
        ];

        var metrics = MetricSummary.Of(run).ToDictionary(summary => summary.Metric.Name, summary => summary);

        AssertIs(metrics["recall_at_5"], 2.0 / 4, count: 4);
        AssertIs(metrics["mrr_at_10"], (1 + (1.0 / 3) + (1.0 / 7) + 0) / 4, count: 4);
        AssertIs(metrics["first_citation_right"], 1.0 / 4, count: 4);
        AssertIs(metrics["any_citation_right"], 2.0 / 4, count: 4);
        AssertIs(metrics["answer_contained"], 2.0 / 3, count: 3);
        AssertIs(metrics["refusals_right"], 1.0 / 2, count: 2);
        AssertIs(metrics["refusals_wrong"], 1.0 / 4, count: 4);
        AssertIs(metrics["latency_p50_seconds"], 3.5, count: 6);
        AssertIs(metrics["latency_p99_seconds"], 5.95, count: 6);
        AssertIs(metrics["input_tokens"], 110, count: 6);
        AssertIs(metrics["output_tokens"], 20, count: 6);
    }

    [Fact]
    public void A_rank_past_ten_counts_for_nothing()
    {
        var item = new Observation(0, true, 11, false, false, null, false, TimeSpan.Zero, 0, 0);

        Assert.Equal(0, Value("mrr_at_10", item));
    }

    [Fact]
    public void A_metric_that_applies_to_no_item_is_absent()
    {
        var metrics = MetricSummary.Of([new(0, true, 1, true, true, null, false, TimeSpan.Zero, 0, 0)]);

        Assert.DoesNotContain(metrics, summary => summary.Metric.Name is "refusals_right" or "answer_contained");
    }

    [Fact]
    public void A_run_without_answers_has_no_metrics() => Assert.Empty(MetricSummary.Of([]));

    [Fact]
    public void Every_interval_holds_its_value_and_shares_are_shares() =>
        Observations.Run.Sample(
            run => MetricSummary.Of(run).All(summary =>
                summary.Interval.Low <= summary.Value + 1e-9
                && summary.Value <= summary.Interval.High + 1e-9
                && (summary.Metric.Kind != MetricKind.Proportion || summary.Interval is { Low: >= 0, High: <= 1 })),
            iter: 50);

    [Fact]
    public void The_order_of_the_items_changes_no_value() =>
        Observations.Run.Sample(
            run =>
            {
                var forward = MetricSummary.Of(run);
                var backward = MetricSummary.Of([.. run.Reverse()]);
                return forward.Zip(backward).All(pair => Math.Abs(pair.First.Value - pair.Second.Value) < 1e-9);
            },
            iter: 50);

    private static double Value(string metric, params Observation[] run) =>
        MetricSummary.Of(run).Single(summary => summary.Metric.Name == metric).Value;

    private static void AssertIs(MetricSummary summary, double value, int count)
    {
        Assert.Equal(value, summary.Value, 1e-9);
        Assert.Equal(count, summary.Count);
    }
}
