using AiStack.Console.Telemetry.Traces;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Spans;

namespace AiStack.Tests.Console.Telemetry.Traces;

public sealed class ClockShiftTests
{
    [Fact]
    public void A_child_that_starts_before_its_parent_is_put_in_its_middle_and_takes_its_own_process_along()
    {
        var rows = Rows(
            Span(1, 1, lastsMs: 100, kind: SpanKind.Client),
            Span(1, 2, parent: 1, service: "serving", startMs: -5_000, lastsMs: 60, kind: SpanKind.Server),
            Span(1, 3, parent: 2, service: "serving", startMs: -4_990, lastsMs: 30));

        Assert.Equal(ClockDoubt.StartsBeforeParent, rows[1].Doubt);
        Assert.Equal(TimeSpan.FromMilliseconds(20), rows[1].Offset);
        Assert.Equal(TimeSpan.FromMilliseconds(5_020), rows[1].ClockShift);
        Assert.Equal(TelemetryStores.Noon.AddSeconds(-5), rows[1].Span.Start);
        Assert.Equal((TimeSpan.FromMilliseconds(30), ClockDoubt.None), (rows[2].Offset, rows[2].Doubt));
        Assert.Equal(TimeSpan.FromMilliseconds(5_020), rows[2].ClockShift);
    }

    [Fact]
    public void A_child_that_ends_after_the_call_that_waited_for_it_is_put_in_its_middle()
    {
        var rows = Rows(
            Span(1, 1, lastsMs: 100, kind: SpanKind.Client),
            Span(1, 2, parent: 1, service: "serving", startMs: 7_000, lastsMs: 80, kind: SpanKind.Server));

        Assert.Equal((ClockDoubt.EndsAfterParent, TimeSpan.FromMilliseconds(10)), (rows[1].Doubt, rows[1].Offset));
    }

    [Fact]
    public void Work_that_outlives_who_asked_for_it_is_left_where_it_is()
    {
        var rows = Rows(
            Span(1, 1, lastsMs: 10, kind: SpanKind.Producer),
            Span(1, 2, parent: 1, service: "ingest", startMs: 500, lastsMs: 5, kind: SpanKind.Consumer),
            Span(1, 3, parent: 1, service: "serving", startMs: 5, lastsMs: 900, kind: SpanKind.Server));

        Assert.All(rows, row => Assert.Equal((ClockDoubt.None, TimeSpan.Zero), (row.Doubt, row.ClockShift)));
    }

    [Fact]
    public void Processes_of_one_host_have_one_clock()
    {
        var parent =
            Span(1, 1, lastsMs: 100, kind: SpanKind.Client) with { Resource = Resource("gateway", host: "desk") };
        var child =
            Span(1, 2, parent: 1, startMs: 50, lastsMs: 60) with { Resource = Resource("serving", host: "desk") };

        Assert.Equal(ClockDoubt.None, Rows(parent, child)[1].Doubt);
    }

    [Fact]
    public void Less_than_a_millisecond_is_no_disagreement()
    {
        var rows = Rows(
            Span(1, 1, lastsMs: 100), Span(1, 2, parent: 1, service: "serving", startMs: -0.9, lastsMs: 10));

        Assert.Equal(ClockDoubt.None, rows[1].Doubt);
        Assert.Equal(TimeSpan.Zero, rows[1].Offset);
        Assert.Equal(TimeSpan.FromMilliseconds(0.9), rows[0].Offset);
    }

    private static IReadOnlyList<TraceRow> Rows(params Span[] spans)
    {
        var stores = new TelemetryStores();
        stores.Traces.Add(spans);
        return stores.Traces.Find(TraceId(1))!.Rows;
    }
}
