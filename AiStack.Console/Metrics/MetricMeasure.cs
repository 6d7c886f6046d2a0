using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Metrics;

/// <summary>What is drawn of a histogram; of other instruments there is only one thing to draw.</summary>
public enum MetricMeasure
{
    /// <summary>The four percentiles together; where the chart is split, the 95th alone.</summary>
    Percentiles,
    P50,
    P90,
    P95,
    P99,
    Mean,

    /// <summary>How many values each second.</summary>
    Rate,
}

/// <summary>Measures by their names in the address and on the page.</summary>
internal static class MetricMeasures
{
    public static IReadOnlyList<(MetricMeasure Measure, string Name, string Title)> All { get; } =
    [
        (MetricMeasure.Percentiles, "percentiles", "Percentiles"),
        (MetricMeasure.P50, "p50", "Median (p50)"),
        (MetricMeasure.P90, "p90", "90th percentile"),
        (MetricMeasure.P95, "p95", "95th percentile"),
        (MetricMeasure.P99, "p99", "99th percentile"),
        (MetricMeasure.Mean, "mean", "Mean"),
        (MetricMeasure.Rate, "rate", "Count per second"),
    ];

    /// <summary>The measure of a name; the percentiles for a name that is none.</summary>
    public static MetricMeasure Parse(string? name) => All.FirstOrDefault(one => one.Name == name).Measure;

    public static string Name(MetricMeasure measure) => All.First(one => one.Measure == measure).Name;

    public static string Title(MetricMeasure measure) => All.First(one => one.Measure == measure).Title;

    /// <summary>The values of a line that a measure is of.</summary>
    public static IReadOnlyList<double?> Of(MetricLine line, MetricMeasure measure) => measure switch
    {
        MetricMeasure.P50 => line.P50,
        MetricMeasure.P90 => line.P90,
        MetricMeasure.P95 => line.P95,
        MetricMeasure.P99 => line.P99,
        MetricMeasure.Mean => line.Mean,
        _ => line.Values,
    };
}
