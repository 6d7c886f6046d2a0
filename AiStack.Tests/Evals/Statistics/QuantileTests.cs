using AiStack.Evals.Statistics;
using CsCheck;
using MathNet.Numerics.Statistics;
using Xunit;

namespace AiStack.Tests.Evals.Statistics;

public sealed class QuantileTests
{
    private static readonly Gen<(double[] Values, int[] Counts)> _resamples =
        Gen.Int[1, 30].SelectMany(n => Gen.Select(Gen.Double[-100, 100].Array[n], Gen.Int[0, 4].Array[n]))
            .Where(resample => resample.Item2.Sum() > 0);

    /// <summary>
    /// R: <c>quantile(c(15, 20, 35, 40, 50), .4)</c> is 29, and <c>quantile(1:4, c(.25, .5))</c> 1.75 and 2.5.
    /// </summary>
    [Theory]
    [InlineData(new double[] { 15, 20, 35, 40, 50 }, 0.40, 29)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 0.25, 1.75)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 0.50, 2.5)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 1.00, 4)]
    [InlineData(new double[] { 7 }, 0.99, 7)]
    public void It_is_Rs_default_quantile(double[] values, double probability, double expected) =>
        Assert.Equal(expected, Of(values, probability), 1e-12);

    [Fact]
    public void A_resample_has_the_quantile_of_its_values_written_out() =>
        Gen.Select(_resamples, Gen.Double[0, 1]).Sample((resample, probability) =>
        {
            var (values, counts) = resample;
            double[] written =
                [.. values.Zip(counts, (value, count) => Enumerable.Repeat(value, count)).SelectMany(same => same)];

            var quantile = new Quantile(values, probability).Of(counts);

            Assert.Equal(written.QuantileCustom(probability, QuantileDefinition.R7), quantile, 1e-9);
        });

    [Fact]
    public void A_higher_probability_never_gives_a_lower_quantile() =>
        Gen.Select(Gen.Double[-100, 100].Array[1, 50], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((values, p, q) =>
            Of(values, Math.Min(p, q)) <= Of(values, Math.Max(p, q)) + 1e-12);

    private static double Of(double[] values, double probability) =>
        new Quantile(values, probability).Of([.. values.Select(_ => 1)]);
}
