using AiStack.ServiceDefaults.Statistics;
using AiStack.Evals.Statistics;

namespace AiStack.Evals.Metrics;

/// <summary>
/// How a metric differs between two runs over the items that both answered, so that an item's difficulty cancels out.
/// </summary>
/// <param name="Metric">The metric compared.</param>
/// <param name="Baseline">Its value in the first run, over the pairs only.</param>
/// <param name="Candidate">Its value in the second run, over the pairs only.</param>
/// <param name="Interval">The 95% interval of candidate less baseline, resampling pairs.</param>
/// <param name="Pairs">The number of items that both runs have a value for.</param>
/// <param name="McNemarP">Of a yes-or-no metric, the exact p-value of no difference.</param>
internal sealed record PairedDifference(
    Metric Metric, double Baseline, double Candidate, Interval Interval, int Pairs, double? McNemarP)
{
    public double Difference => Candidate - Baseline;

    /// <summary>Every metric that has a value in both runs for at least one item.</summary>
    public static IReadOnlyList<PairedDifference> Of(
        IReadOnlyList<Observation> baseline, IReadOnlyList<Observation> candidate)
    {
        (Observation Baseline, Observation Candidate)[] pairs =
        [
            .. baseline.Join(candidate, item => item.Ordinal, item => item.Ordinal, (first, second) => (first, second)),
        ];
        return [.. Metric.All.Select(metric => Of(metric, pairs)).OfType<PairedDifference>()];
    }

    private static PairedDifference? Of(Metric metric, (Observation Baseline, Observation Candidate)[] pairs)
    {
        (double Baseline, double Candidate)[] values =
        [
            .. from pair in pairs
               let first = metric.Of(pair.Baseline)
               let second = metric.Of(pair.Candidate)
               where first is not null && second is not null
               select (first.Value, second.Value),
        ];
        if (values.Length == 0)
        {
            return null;
        }

        var baseline = Aggregate.Of(metric, [.. values.Select(pair => pair.Baseline)]);
        var candidate = Aggregate.Of(metric, [.. values.Select(pair => pair.Candidate)]);
        return new(
            metric,
            Aggregate.Whole(baseline, values.Length),
            Aggregate.Whole(candidate, values.Length),
            Bootstrap.Of(values.Length, counts => candidate(counts) - baseline(counts)),
            values.Length,
            metric.Kind == MetricKind.Proportion ? McNemarOf(values) : null);
    }

    private static double McNemarOf((double Baseline, double Candidate)[] values) =>
        McNemar.ExactP(
            values.Count(pair => pair.Baseline > pair.Candidate),
            values.Count(pair => pair.Candidate > pair.Baseline));
}
