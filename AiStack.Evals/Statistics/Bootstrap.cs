using AiStack.ServiceDefaults.Statistics;
using MathNet.Numerics.Statistics;

namespace AiStack.Evals.Statistics;

/// <summary>A statistic of a resample in which the i-th observation appears <c>counts[i]</c> times.</summary>
internal delegate double Statistic(ReadOnlySpan<int> counts);

/// <summary>
/// Percentile bootstrap intervals: the statistic of many resamples drawn with replacement, its 2.5th and 97.5th
/// percentiles. Resampling the items of a pair of runs, never each run by itself, keeps the pairing.
/// </summary>
/// <remarks>
/// B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. With few observations a high
/// quantile's interval is narrower than the truth: a resample cannot exceed the largest value seen.
/// </remarks>
internal static class Bootstrap
{
    public const string Method = "bootstrap";

    /// <summary>Enough for the bounds to move in the third digit only; ten times more changes no decision.</summary>
    public const int Resamples = 2_000;

    // Fixed, so that the same two runs always give the same interval.
    private const int Seed = 20_240_229;

    public static Interval Of(int observations, Statistic statistic)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(observations);

#pragma warning disable CA5394 // Reproducible draws are the point; nothing here is a secret.
        var random = new Random(Seed);
        var counts = new int[observations];
        var statistics = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            Array.Clear(counts);
            for (var draw = 0; draw < observations; draw++)
            {
                counts[random.Next(observations)]++;
            }

            statistics[resample] = statistic(counts);
        }
#pragma warning restore CA5394

        return new(
            statistics.QuantileCustom(0.025, QuantileDefinition.R7),
            statistics.QuantileCustom(0.975, QuantileDefinition.R7),
            Method);
    }
}
