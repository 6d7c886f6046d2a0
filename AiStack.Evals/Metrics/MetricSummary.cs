using AiStack.ServiceDefaults.Statistics;
using AiStack.Evals.Statistics;

namespace AiStack.Evals.Metrics;

/// <summary>A metric's value over the items it applies to, with its 95% confidence interval.</summary>
internal sealed record MetricSummary(Metric Metric, double Value, Interval Interval, int Count)
{
    /// <summary>Every metric that applies to at least one of the observations.</summary>
    public static IReadOnlyList<MetricSummary> Of(IReadOnlyList<Observation> observations) =>
        [.. Metric.All.Select(metric => Of(metric, observations)).OfType<MetricSummary>()];

    private static MetricSummary? Of(Metric metric, IReadOnlyList<Observation> observations)
    {
        double[] values = [.. observations.Select(metric.Of).OfType<double>()];
        if (values.Length == 0)
        {
            return null;
        }

        var aggregate = Aggregate.Of(metric, values);
        var interval = metric.Kind == MetricKind.Proportion
            ? Wilson.Of((int)values.Sum(), values.Length)
            : Bootstrap.Of(values.Length, aggregate);
        return new(metric, Aggregate.Whole(aggregate, values.Length), interval, values.Length);
    }
}
