using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Traces;

namespace AiStack.Tests.Console.Telemetry;

/// <summary>Spans for tests, said in as few words as their test is about.</summary>
internal static class Spans
{
    public static string TraceId(int number) => number.ToString("x32");

    public static string SpanId(int number) => number.ToString("x16");

    public static TelemetryResource Resource(string service, string? host = null) => new(
        service, $"{service}-1", host is null ? default : new([new("host.name", host)]));

    public static Span Span(
        int trace,
        int id,
        int? parent = null,
        string service = "gateway",
        string name = "work",
        double startMs = 0,
        double lastsMs = 10,
        SpanKind kind = SpanKind.Internal,
        SpanStatus status = SpanStatus.Unset,
        params (string Key, string Value)[] attributes) => new()
        {
            TraceId = TraceId(trace),
            SpanId = SpanId(id),
            ParentSpanId = parent is { } number ? SpanId(number) : null,
            Name = name,
            Kind = kind,
            Status = status,
            Start = TelemetryStores.Noon + TimeSpan.FromMilliseconds(startMs),
            Duration = TimeSpan.FromMilliseconds(lastsMs),
            Attributes = new([.. attributes.Select(pair => new TelemetryAttribute(pair.Key, pair.Value))]),
            Resource = Resource(service),
        };
}
