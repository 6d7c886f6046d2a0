using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Tests.Console.Telemetry.Metrics;

/// <summary>What services report, at seconds after noon.</summary>
internal static class Points
{
    public static readonly InstrumentId Requests = new("gateway", "test", "requests");

    public static DateTimeOffset At(double seconds) => TelemetryStores.Noon.AddSeconds(seconds);

    public static MetricPoint Number(
        double seconds, double value, double since = 0, params (string Key, string Value)[] dimensions) => new()
        {
            Start = At(since),
            Time = At(seconds),
            Value = value,
            Dimensions = new([.. dimensions.Select(pair => new TelemetryAttribute(pair.Key, pair.Value))]),
        };

    public static MetricPoint Values(
        double seconds, double[] bounds, long[] counts, double sum = 0, double since = 0) => new()
    {
        Start = At(since),
        Time = At(seconds),
        Value = sum,
        Histogram = new Histogram(bounds, counts, counts.Sum(), sum, null, null),
    };

    public static MetricUpdate Update(
        InstrumentKind kind,
        MetricTemporality temporality,
        string instance,
        bool isMonotonic,
        params MetricPoint[] points) => new()
        {
            Resource = new("gateway", instance, new([
                new("service.name", "gateway"), new("service.instance.id", instance)])),
            Id = Requests,
            Kind = kind,
            IsMonotonic = isMonotonic,
            Temporality = temporality,
            Points = points,
        };

    public static MetricUpdate Counter(params MetricPoint[] points) =>
        Update(InstrumentKind.Sum, MetricTemporality.Cumulative, "1", true, points);

    public static MetricUpdate Gauge(params MetricPoint[] points) =>
        Update(InstrumentKind.Gauge, MetricTemporality.Unspecified, "1", false, points);

    public static MetricUpdate Histogram(MetricTemporality temporality, params MetricPoint[] points) =>
        Update(InstrumentKind.Histogram, temporality, "1", false, points);

    public static MetricQuery Window(double from, double to, double step, string? splitBy = null) => new()
    {
        Instrument = Requests,
        From = At(from),
        To = At(to),
        Step = TimeSpan.FromSeconds(step),
        SplitBy = splitBy,
    };

    public static MetricLine Line(this TelemetryStores stores, MetricQuery query) =>
        Xunit.Assert.Single(stores.Metrics.Read(query)!.Lines);
}
