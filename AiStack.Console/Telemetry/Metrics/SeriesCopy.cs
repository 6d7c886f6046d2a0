namespace AiStack.Console.Telemetry.Metrics;

/// <summary>All that is kept of a series, at one moment.</summary>
internal sealed record SeriesCopy(
    Instrument Instrument,
    TelemetryResource Resource,
    TelemetryAttributes Dimensions,
    DateTimeOffset FirstTime,
    DateTimeOffset LastTime,
    IReadOnlyList<SeriesPoint> Points,
    IReadOnlyList<Exemplar> Exemplars);
