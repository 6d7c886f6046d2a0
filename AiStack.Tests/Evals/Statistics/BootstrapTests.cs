using AiStack.ServiceDefaults.Statistics;
using AiStack.Evals.Statistics;
using Xunit;

namespace AiStack.Tests.Evals.Statistics;

public sealed class BootstrapTests
{
    [Fact]
    public void The_same_observations_give_the_same_interval()
    {
        var values = Exponentials(seed: 1, count: 40);

        Assert.Equal(MeanInterval(values), MeanInterval(values));
    }

    [Fact]
    public void Equal_observations_leave_no_doubt()
    {
        var interval = MeanInterval([.. Enumerable.Repeat(3.0, 25)]);

        Assert.Equal(3, interval.Low, 1e-12);
        Assert.Equal(3, interval.High, 1e-12);
    }

    [Fact]
    public void Four_times_the_observations_halve_the_interval()
    {
        var small = MeanInterval(Exponentials(seed: 2, count: 400));
        var large = MeanInterval(Exponentials(seed: 2, count: 1_600));

        Assert.InRange((large.High - large.Low) / (small.High - small.Low), 0.4, 0.6);
    }

    /// <summary>The definition of a 95% interval, tried: of skewed samples of 60, as a small eval has.</summary>
    [Fact]
    public void About_95_of_100_intervals_hold_the_true_mean()
    {
        const int Repetitions = 300;

        var held = Enumerable.Range(0, Repetitions)
            .Select(seed => MeanInterval(Exponentials(seed, count: 60)))
            .Count(interval => interval.Low <= 1 && 1 <= interval.High);

        Assert.InRange(held / (double)Repetitions, 0.90, 0.98);
    }

    private static Interval MeanInterval(double[] values) => Bootstrap.Of(values.Length, counts =>
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += counts[i] * values[i];
        }

        return sum / values.Length;
    });

    // With a mean of 1.
    private static double[] Exponentials(int seed, int count)
    {
#pragma warning disable CA5394 // Reproducible, and no secret.
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => -Math.Log(1 - random.NextDouble()))];
#pragma warning restore CA5394
    }
}
