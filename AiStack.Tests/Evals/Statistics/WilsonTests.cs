using AiStack.ServiceDefaults.Statistics;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Evals.Statistics;

public sealed class WilsonTests
{
    /// <summary>The four examples of Newcombe (1998), table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void The_published_intervals_are_reproduced(int successes, int trials, double low, double high)
    {
        var interval = Wilson.Of(successes, trials);

        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
    }

    [Fact]
    public void An_interval_holds_the_proportion_and_stays_between_0_and_1() =>
        Gen.Int[1, 5_000].SelectMany(trials => Gen.Int[0, trials].Select(successes => (successes, trials))).Sample(
            example =>
            {
                var interval = Wilson.Of(example.successes, example.trials);
                var p = (double)example.successes / example.trials;
                return interval.Low >= 0 && interval.Low <= p && p <= interval.High && interval.High <= 1
                    && interval.Low < interval.High;
            });

    [Fact]
    public void Failures_have_the_mirrored_interval_of_successes() =>
        Gen.Int[1, 5_000].SelectMany(trials => Gen.Int[0, trials].Select(successes => (successes, trials))).Sample(
            example =>
            {
                var interval = Wilson.Of(example.successes, example.trials);
                var mirrored = Wilson.Of(example.trials - example.successes, example.trials);
                return Math.Abs(interval.Low - (1 - mirrored.High)) < 1e-12;
            });
}
