namespace AiStack.Evals.Statistics;

/// <summary>
/// Quantiles of resamples that are given as counts, which MathNet.Numerics lacks, by linear interpolation between order
/// statistics: definition 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
/// Statistician 50 (1996), 361-365; the default of R and NumPy.
/// </summary>
internal sealed class Quantile
{
    private readonly double _probability;
    private readonly double[] _sorted;
    private readonly int[] _order;

    public Quantile(IReadOnlyList<double> values, double probability)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(probability, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        _probability = probability;
        _sorted = [.. values];
        _order = [.. Enumerable.Range(0, values.Count)];
        Array.Sort(_sorted, _order);
    }

    /// <summary>
    /// The quantile of a resample that holds value i <c>counts[i]</c> times. The values are sorted once and each
    /// resample is one walk over them: sorting every resample would make a comparison of long runs take seconds.
    /// </summary>
    public double Of(ReadOnlySpan<int> counts)
    {
        var size = 0;
        foreach (var count in counts)
        {
            size += count;
        }

        var position = (size - 1) * _probability;
        var below = (int)Math.Floor(position);
        var (lower, next) = Neighbours(counts, below);
        return lower + ((position - below) * (next - lower));
    }

    private (double Lower, double Next) Neighbours(ReadOnlySpan<int> counts, int below)
    {
        var seen = 0;
        var lower = double.NaN;
        for (var i = 0; i < _sorted.Length; i++)
        {
            seen += counts[_order[i]];
            if (double.IsNaN(lower) && seen > below)
            {
                lower = _sorted[i];
            }

            if (seen > below + 1)
            {
                return (lower, _sorted[i]);
            }
        }

        return (lower, lower);
    }
}
