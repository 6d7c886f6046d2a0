using AiStack.Console.Telemetry.Metrics;
using CsCheck;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Metrics.Points;

namespace AiStack.Tests.Console.Telemetry.Metrics;

public sealed class HistogramTests
{
    [Fact]
    public void What_was_added_between_two_totals_is_what_was_measured_between_them_whatever_their_scales() =>
        Gen.Select(
            Gen.Double[0.1, 1_000].Array[1, 30], Gen.Double[0.1, 1_000].Array[1, 30], Gen.Int[0, 4], Gen.Int[0, 4])
            .Sample((before, after, firstScale, shrink) =>
            {
                var scale = Math.Max(0, firstScale - shrink);
                var first = DistributionTests.Exponential(before, firstScale);
                var total = DistributionTests.Exponential([.. before, .. after], scale);

                var (added, measured) = (new Distribution(), new Distribution());
                added.Add(total.Since(first), 1);
                measured.Add(DistributionTests.Exponential(after, scale).ToHistogram(), 1);

                Assert.Equal(measured.Count, added.Count);
                foreach (var share in new[] { 0.25, 0.5, 0.95 })
                {
                    Assert.Equal(measured.Percentile(share)!.Value, added.Percentile(share)!.Value, 1e-6);
                }
            });

    [Fact]
    public void Values_that_are_too_far_apart_to_count_together_begin_again()
    {
        var near = new ExponentialHistogram(20, 0, 0, new(0, [1]), new(0, []), 1, 1, null, null);
        var far = new ExponentialHistogram(
            20, 0, 0, new(ExponentialHistogram.MaxIndex - 1, [1, 1]), new(0, []), 2, 1, null, null);

        Assert.Equal(2, far.Since(near).Count);
        Assert.Same(near, near.Plus(far));
    }

    [Fact]
    public void Percentiles_of_a_window_are_of_what_was_measured_in_it()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Histogram(MetricTemporality.Cumulative, Values(10, [10, 20], [10, 0, 0], sum: 50))]);
        stores.Metrics.Add([Histogram(MetricTemporality.Cumulative, Values(20, [10, 20], [10, 40, 0], sum: 650))]);

        var line = stores.Line(Window(0, 20, 10));

        Assert.Equal([5, 15], line.P50);
        Assert.Equal([1, 4], line.Values);
        Assert.Equal([5, 15], line.Mean);
        Assert.Equal(50, line.Total);
    }

    [Fact]
    public void Nothing_measured_is_no_percentile_and_a_rate_of_zero()
    {
        var stores = new TelemetryStores();
        stores.Metrics.Add([Histogram(MetricTemporality.Cumulative, Values(10, [10], [1, 0]))]);
        stores.Metrics.Add([Histogram(MetricTemporality.Cumulative, Values(20, [10], [1, 0]))]);

        var line = stores.Line(Window(10, 20, 10));

        Assert.Equal((null, 0), (line.P99[0], line.Values[0]));
    }
}
