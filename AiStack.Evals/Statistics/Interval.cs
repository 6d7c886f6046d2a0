using MathNet.Numerics.Distributions;

namespace AiStack.Evals.Statistics;

/// <summary>
/// A range that holds the true value in 95 of 100 repetitions of the experiment, and how it was found.
/// </summary>
internal readonly record struct Interval(double Low, double High, string Method)
{
    /// <summary>The standard normal quantile at 0.975, which makes an interval one of 95%.</summary>
    public static readonly double Z = Normal.InvCDF(mean: 0, stddev: 1, p: 0.975);
}
