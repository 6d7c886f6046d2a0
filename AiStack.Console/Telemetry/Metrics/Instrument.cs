namespace AiStack.Console.Telemetry.Metrics;

/// <summary>How an instrument's numbers are read.</summary>
public enum InstrumentKind
{
    /// <summary>A value of a moment: the last one counts.</summary>
    Gauge,

    /// <summary>
    /// Amounts that add up: read as a rate where it only grows, as a value where it goes up and down.
    /// </summary>
    Sum,

    /// <summary>Many values, counted in buckets with fixed bounds: read as a rate and as percentiles.</summary>
    Histogram,

    /// <summary>The same with bounds that adapt.</summary>
    ExponentialHistogram,
}

/// <summary>
/// Whether a source sends amounts since its start or since it last sent. It is read the same; see <see
/// cref="SeriesPoint"/>.
/// </summary>
public enum MetricTemporality
{
    Unspecified,
    Delta,
    Cumulative,
}

/// <summary>
/// Which instrument: names are unique within a scope of a service. What was imported is apart from what is live.
/// </summary>
public sealed record InstrumentId(string Service, string Scope, string Name, bool IsImported = false);

/// <summary>What a service measures.</summary>
public sealed record Instrument
{
    public required InstrumentId Id { get; init; }

    public string Service => Id.Service;

    public string Scope => Id.Scope;

    public string Name => Id.Name;

    public bool IsImported => Id.IsImported;

    /// <summary>In UCUM, as sent: <c>s</c>, <c>By</c>, <c>{request}</c>; empty where not said.</summary>
    public string Unit { get; init; } = "";

    public string Description { get; init; } = "";

    public InstrumentKind Kind { get; init; }

    /// <summary>Of a sum: whether it only grows.</summary>
    public bool IsMonotonic { get; init; }

    public MetricTemporality Temporality { get; init; }

    /// <summary>Different dimensions that are kept, those of all instances.</summary>
    public int SeriesCount { get; init; }

    /// <summary>
    /// Whether there were more dimensions than are kept: the rest is in one series, <c>otel.metric.overflow=true</c>.
    /// </summary>
    public bool HasOverflow { get; init; }

    /// <summary>Since when something is known of it.</summary>
    public DateTimeOffset FirstTime { get; init; }

    public DateTimeOffset LastTime { get; init; }

    public bool IsHistogram => Kind is InstrumentKind.Histogram or InstrumentKind.ExponentialHistogram;

    /// <summary>Whether it is read per second: what is read otherwise is a value.</summary>
    public bool IsRate => IsHistogram || (Kind == InstrumentKind.Sum && IsMonotonic);
}

/// <summary>A dimension of an instrument and the values that it has, in alphabetical order.</summary>
/// <param name="HasMore">Whether there are more values than are listed.</param>
public sealed record Dimension(string Key, IReadOnlyList<string> Values, bool HasMore);

/// <summary>One measurement of those behind a point, and the span in which it was made.</summary>
public sealed record Exemplar(
    DateTimeOffset Time, double Value, string? TraceId, string? SpanId, TelemetryAttributes Attributes);
