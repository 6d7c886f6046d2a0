using AiStack.Console.Telemetry.Traces;
using CsCheck;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Spans;

namespace AiStack.Tests.Console.Telemetry.Traces;

public sealed class TraceRowsTests
{
    // Parents that are there or not, come before or after, or are the span itself.
    private static readonly Gen<Span[]> Traces =
        Gen.Select(Gen.Int[0, 40], Gen.Double[0, 100], Gen.Double[0, 50]).Array[1, 30]
        .Select(spans => spans.Select((span, i) =>
            Span(1, i + 1, parent: span.Item1 == 0 ? null
                : span.Item1, startMs: span.Item2, lastsMs: span.Item3)).ToArray());

    [Fact]
    public void Every_span_is_in_the_waterfall_once_whatever_its_parent_is() => Traces.Sample(spans =>
        Assert.Equal(
            spans.Select(span => span.SpanId).Order(), Arrange(spans).Rows.Select(row => row.Span.SpanId).Order()));

    [Fact]
    public void A_row_is_followed_by_its_descendants_each_one_deeper_than_its_parent() => Traces.Sample(spans =>
    {
        var rows = Arrange(spans).Rows;
        for (var i = 0; i < rows.Count; i++)
        {
            var below = rows.Skip(i + 1).TakeWhile(row => row.Depth > rows[i].Depth).ToArray();
            Assert.Equal(below.Length, rows[i].Descendants);
            Assert.All(below.Where(row => row.Depth == rows[i].Depth + 1), row =>
                Assert.Equal(rows[i].Span.SpanId, row.Span.ParentSpanId));
        }
    });

    [Fact]
    public void No_row_starts_before_the_trace_or_ends_after_it() => Traces.Sample(spans =>
    {
        var trace = Arrange(spans);
        Assert.All(trace.Rows, row => Assert.True(
            row.Offset >= TimeSpan.Zero && row.Offset + row.Span.Duration <= trace.Duration));
    });

    [Fact]
    public void Siblings_are_in_the_order_of_their_start()
    {
        var rows =
            Arrange([
            Span(1, 1, lastsMs: 100), Span(1, 3, parent: 1, startMs: 50), Span(1, 2, parent: 1, startMs: 10)]).Rows;

        Assert.Equal([SpanId(1), SpanId(2), SpanId(3)], rows.Select(row => row.Span.SpanId));
    }

    [Fact]
    public void A_span_whose_parent_is_missing_says_so()
    {
        var rows = Arrange([Span(1, 1), Span(1, 2, parent: 9)]).Rows;

        Assert.Equal([false, true], rows.Select(row => row.IsOrphan));
    }

    private static Trace Arrange(Span[] spans) => TraceRows.Arrange(TraceSummaries.Of(TraceId(1), spans, 0), spans);
}
