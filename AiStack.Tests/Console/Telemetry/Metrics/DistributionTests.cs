using AiStack.Console.Telemetry.Metrics;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Telemetry.Metrics;

public sealed class DistributionTests
{
    private static readonly double[] _bounds =
        [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private static readonly Gen<double[]> Measured = Gen.Double[0.1, 9_999].Array[1, 200];

    [Fact]
    public void A_percentile_is_in_the_bucket_of_the_true_one() =>
        Gen.Select(Measured, Gen.Double[0.01, 1]).Sample((values, share) =>
        {
            var distribution = new Distribution();
            distribution.Add(Explicit(values, _bounds), 1);

            // The nearest-rank percentile, of the values themselves.
            var truth = values.Order().ElementAt((int)Math.Ceiling((share * values.Length) - 1e-9) - 1);
            var bucket = Array.FindIndex(_bounds, bound => truth <= bound);

            Assert.InRange(distribution.Percentile(share)!.Value, _bounds[bucket - 1] - 1e-6, _bounds[bucket] + 1e-6);
        });

    [Fact]
    public void An_exponential_histogram_is_as_exact_as_its_buckets_are_narrow() =>
        Gen.Select(Measured, Gen.Double[0.01, 1], Gen.Int[0, 5]).Sample((values, share, scale) =>
        {
            var distribution = new Distribution();
            distribution.Add(Exponential(values, scale).ToHistogram(), 1);

            var truth = values.Order().ElementAt((int)Math.Ceiling((share * values.Length) - 1e-9) - 1);
            var factor = Math.Pow(2, Math.Pow(2, -scale));

            Assert.InRange(distribution.Percentile(share)!.Value, truth / factor * 0.999, truth * factor * 1.001);
        });

    [Fact]
    public void A_higher_share_never_gives_a_lower_percentile_and_none_is_outside_of_what_was_measured() =>
        Gen.Select(Measured, Measured, Gen.Double[0, 1], Gen.Double[0, 1]).Sample((first, second, p, q) =>
        {
            var distribution = new Distribution();
            distribution.Add(Explicit(first, _bounds) with { Min = first.Min(), Max = first.Max() }, 0.5);
            distribution.Add(Explicit(second, [1, 3, 3000]) with { Min = second.Min(), Max = second.Max() }, 0.3);

            var (low, high) =
                (distribution.Percentile(Math.Min(p, q))!.Value, distribution.Percentile(Math.Max(p, q))!.Value);

            Assert.True(low <= high + 1e-6);
            Assert.InRange(low, Math.Min(first.Min(), second.Min()) - 1e-6, Math.Max(first.Max(), second.Max()) + 1e-6);
        });

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.95, 95)]
    [InlineData(1, 100)]
    public void Values_are_taken_to_be_evenly_spread_in_their_bucket(double share, double expected)
    {
        var distribution = new Distribution();
        distribution.Add(new([100, 200], [10, 0, 0], 10, 500, null, null), 1);

        Assert.Equal(expected, distribution.Percentile(share)!.Value, 1e-9);
    }

    [Fact]
    public void The_open_bucket_ends_at_the_largest_value_where_that_is_known_and_else_where_it_begins()
    {
        var (unknown, known) = (new Distribution(), new Distribution());
        unknown.Add(new([100], [0, 10], 10, 5_000, null, null), 1);
        known.Add(new([100], [0, 10], 10, 5_000, 100, 900), 1);

        Assert.Equal(100, unknown.Percentile(0.9));
        Assert.Equal(820, known.Percentile(0.9)!.Value, 1e-9);
    }

    [Fact]
    public void Zeros_and_negative_values_are_where_they_are()
    {
        var distribution = new Distribution();
        distribution.Add(
            new ExponentialHistogram(0, 0, 10, new(0, [10]), new(0, [10]), 30, 0, null, null).ToHistogram(), 1);

        Assert.InRange(distribution.Percentile(0.1)!.Value, -2, -1);
        Assert.Equal(0, distribution.Percentile(0.5)!.Value, 1e-9);
        Assert.InRange(distribution.Percentile(0.9)!.Value, 1, 2);
    }

    [Fact]
    public void Without_buckets_there_is_a_mean_and_no_percentile()
    {
        var distribution = new Distribution();
        distribution.Add(new([], [], 4, 10, null, null), 1);

        Assert.Equal(2.5, distribution.Mean);
        Assert.Null(distribution.Percentile(0.5));
        Assert.Null(new Distribution().Percentile(0.5));
        Assert.Null(new Distribution().Mean);
    }

    internal static Histogram Explicit(double[] values, double[] bounds)
    {
        var counts = new long[bounds.Length + 1];
        foreach (var value in values)
        {
            counts[Array.FindIndex(bounds, bound => value <= bound) is >= 0 and var bucket ? bucket : bounds.Length]++;
        }

        return new(bounds, counts, values.Length, values.Sum(), null, null);
    }

    internal static ExponentialHistogram Exponential(double[] values, int scale)
    {
        var indexes = values.Select(value => (int)Math.Ceiling(Math.Log2(value) * Math.Pow(2, scale)) - 1).ToArray();
        var counts = new long[indexes.Max() - indexes.Min() + 1];
        foreach (var index in indexes)
        {
            counts[index - indexes.Min()]++;
        }

        return new(scale, 0, 0, new(indexes.Min(), counts), new(0, []), values.Length, values.Sum(), null, null);
    }
}
