using AiStack.Evals.Statistics;

namespace AiStack.Evals.Metrics;

/// <summary>A metric's items' values made one number: of the values themselves, or of any resample of them.</summary>
internal static class Aggregate
{
    public static Statistic Of(Metric metric, double[] values)
    {
        if (metric.Kind == MetricKind.Quantile)
        {
            return new Quantile(values, metric.Probability).Of;
        }

        return counts => Mean(values, counts);
    }

    /// <summary>The statistic of the observations themselves: each of them once.</summary>
    public static double Whole(Statistic statistic, int observations) =>
        statistic(Enumerable.Repeat(1, observations).ToArray());

    private static double Mean(double[] values, ReadOnlySpan<int> counts)
    {
        var sum = 0.0;
        var size = 0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += counts[i] * values[i];
            size += counts[i];
        }

        return sum / size;
    }
}
