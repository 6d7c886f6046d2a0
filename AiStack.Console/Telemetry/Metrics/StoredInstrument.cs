namespace AiStack.Console.Telemetry.Metrics;

/// <summary>An instrument and its series.</summary>
internal sealed class StoredInstrument(MetricUpdate made)
{
    private static readonly TelemetryAttributes _overflow =
        new([new("otel.metric.overflow", "true", AttributeKind.Boolean)]);

    private readonly Dictionary<(string? Instance, TelemetryAttributes Dimensions), Series> _series = [];
    private int _overflows;

    public IReadOnlyCollection<Series> Series => _series.Values;

    public bool IsLike(MetricUpdate update) => update.Kind == made.Kind && update.IsMonotonic == made.IsMonotonic;

    public Series? Find(TelemetryResource resource, TelemetryAttributes dimensions) =>
        _series.GetValueOrDefault((resource.Instance, dimensions));

    public Series Add(TelemetryResource resource, TelemetryAttributes dimensions)
    {
        Series series = made.Kind == InstrumentKind.Gauge || (made.Kind == InstrumentKind.Sum && !made.IsMonotonic)
            ? new ValueSeries(resource, dimensions)
            : new AmountSeries(resource, dimensions);
        _series.Add((resource.Instance, dimensions), series);
        return series;
    }

    /// <summary>Whether <see cref="Overflow"/> takes no more room.</summary>
    public bool HasOverflowOf(TelemetryResource resource) => Find(resource, _overflow) is not null;

    /// <summary>Where the dimensions go for which there is no room: one series for each instance.</summary>
    public Series Overflow(TelemetryResource resource)
    {
        if (Find(resource, _overflow) is { } overflow)
        {
            return overflow;
        }

        _overflows++;
        return Add(resource, _overflow);
    }

    /// <summary>Drops the series of which nothing was heard since; says how many.</summary>
    public int DropSilent(DateTimeOffset since)
    {
        var silent = _series.Where(pair => pair.Value.LastTime < since).Select(pair => pair.Key).ToArray();
        foreach (var key in silent)
        {
            _overflows -= key.Dimensions == _overflow ? 1 : 0;
            _series.Remove(key);
        }

        return silent.Length;
    }

    public Instrument ToInstrument() => new()
    {
        Id = made.Id,
        Unit = made.Unit,
        Description = made.Description,
        Kind = made.Kind,
        IsMonotonic = made.IsMonotonic,
        Temporality = made.Temporality,
        SeriesCount = _series.Count,
        HasOverflow = _overflows > 0,
        FirstTime = _series.Count == 0 ? default : _series.Values.Min(series => series.FirstTime),
        LastTime = _series.Count == 0 ? default : _series.Values.Max(series => series.LastTime),
    };
}
