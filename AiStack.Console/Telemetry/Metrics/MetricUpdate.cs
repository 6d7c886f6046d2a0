namespace AiStack.Console.Telemetry.Metrics;

/// <summary>What a process reports of one instrument in one message.</summary>
internal sealed record MetricUpdate
{
    public required TelemetryResource Resource { get; init; }

    public required InstrumentId Id { get; init; }

    public string Unit { get; init; } = "";

    public string Description { get; init; } = "";

    public required InstrumentKind Kind { get; init; }

    public bool IsMonotonic { get; init; }

    public MetricTemporality Temporality { get; init; }

    public required IReadOnlyList<MetricPoint> Points { get; init; }

    /// <summary>The same without the points that are later.</summary>
    public MetricUpdate Until(DateTimeOffset latest) => Points.All(point => point.Time <= latest)
        ? this
        : this with { Points = [.. Points.Where(point => point.Time <= latest)] };
}

/// <summary>A number, or a histogram, of one set of dimensions at one time.</summary>
internal sealed record MetricPoint
{
    /// <summary>Sorted by key, so that the same dimensions are equal.</summary>
    public TelemetryAttributes Dimensions { get; init; }

    /// <summary>Since when amounts are counted; the time itself where that is not said.</summary>
    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The number; of a histogram, the sum of its values.</summary>
    public double Value { get; init; }

    public IHistogramTotal? Histogram { get; init; }

    public IReadOnlyList<Exemplar> Exemplars { get; init; } = [];
}
