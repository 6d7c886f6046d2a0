using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Traces;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Spans;

namespace AiStack.Tests.Console.Telemetry.Traces;

public sealed class SpanSizeTests
{
    private static readonly string _long = new('x', 10_000);

    [Fact]
    public void Every_long_text_of_a_span_counts()
    {
        var span = Span(1, 1);
        var attributes = new TelemetryAttributes([new(_long, "")]);
        Span[] large =
        [
            span with { Name = _long },
            span with { StatusMessage = _long },
            span with { TraceState = _long },
            span with { Attributes = attributes },
            span with { Events = [new(span.Start, _long, default)] },
            span with { Resource = span.Resource with { Attributes = attributes } },
            span with { Scope = new(_long) },
        ];

        Assert.All(large, one => Assert.InRange(SpanSize.Of(one) - SpanSize.Of(span), 18_000, 22_000));
    }

    [Fact]
    public void What_all_spans_share_does_not() =>
        Assert.Equal(
            SpanSize.Of(Span(1, 1)),
            SpanSize.Of(Span(1, 1) with { Resource = Resource("gateway", host: "a-host") }));
}
