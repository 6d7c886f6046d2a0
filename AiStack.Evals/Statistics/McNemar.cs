using MathNet.Numerics.Distributions;

namespace AiStack.Evals.Statistics;

/// <summary>
/// Whether two runs differ on yes-or-no outcomes of the same items. Only the items on which they disagree tell: without
/// a difference, each would fall to either side like a fair coin.
/// </summary>
/// <remarks>
/// Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
/// Psychometrika 12 (1947), 153-157. The exact form: twice the binomial tail, at most 1.
/// </remarks>
internal static class McNemar
{
    /// <summary>The two-sided exact p-value for the counts of items that only one of the two runs got right.</summary>
    public static double ExactP(int onlyBaseline, int onlyCandidate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyBaseline);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyCandidate);

        var fewer = Math.Min(onlyBaseline, onlyCandidate);
        return Math.Min(1, 2 * Binomial.CDF(0.5, onlyBaseline + onlyCandidate, fewer));
    }
}
