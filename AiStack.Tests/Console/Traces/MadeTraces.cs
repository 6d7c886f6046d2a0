using AiStack.Console.Telemetry.Traces;
using AiStack.Tests.Console.Telemetry;
using CsCheck;

namespace AiStack.Tests.Console.Traces;

/// <summary>Traces as the store arranges them.</summary>
internal static class MadeTraces
{
    /// <summary>
    /// Traces of any shape: parents that come later, that are missing, and parts that outlast what they are part of.
    /// </summary>
    public static readonly Gen<Trace> Any = Among("gateway", "serving", "retrieval");

    /// <summary>The same of one process, whose clock does not disagree with itself: no span is moved.</summary>
    public static readonly Gen<Trace> OfOneClock = Among("gateway");

    private static Gen<Trace> Among(params string[] services) =>
        from count in Gen.Int[1, 40]
        from spans in Gen
            .Select(Gen.Int[-1, 39], Gen.Int[0, 100], Gen.Int[0, 60], Gen.OneOfConst(services)).Array[count]
        select Of([.. spans.Select((span, id) => Spans.Span(
            trace: 1, id: id + 1, parent: id == 0 || span.Item1 < 0 ? null : span.Item1 + 1,
            service: span.Item4, startMs: span.Item2, lastsMs: span.Item3))]);

    /// <summary>The trace of these spans.</summary>
    public static Trace Of(params Span[] spans)
    {
        var stores = new TelemetryStores();
        stores.Traces.Add(spans);
        return stores.Traces.Find(spans[0].TraceId)!;
    }

    /// <summary>
    /// A request of 100 ms that searches (10 to 60 ms) in a database (20 to 40 ms), and then writes (70 to 90 ms).
    /// </summary>
    public static Trace Question() => Of(
        Spans.Span(1, 1, name: "POST", startMs: 0, lastsMs: 100),
        Spans.Span(1, 2, parent: 1, service: "retrieval", name: "search", startMs: 10, lastsMs: 50),
        Spans.Span(1, 3, parent: 2, service: "retrieval", name: "select", startMs: 20, lastsMs: 20),
        Spans.Span(
            1, 4, parent: 1, service: "serving", name: "chat", startMs: 70, lastsMs: 20, status: SpanStatus.Error));
}
