using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Traces;
using AiStack.Tests.Console.Telemetry;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Traces;

/// <summary>The waterfall as a person opens, closes and walks it.</summary>
public sealed class WaterfallTests
{
    [Fact]
    public void Every_bar_is_within_the_picture_and_as_long_as_its_span() =>
        MadeTraces.Any.Sample(trace =>
        {
            var waterfall = Shown(trace);
            foreach (var row in trace.Rows)
            {
                var bar = waterfall.BarOf(row)!.Value;
                Assert.InRange(bar.Left, 0, 100);
                Assert.InRange(bar.Left + bar.Width, 0, 100 + 1e-6);
                Assert.True(
                    trace.Duration == TimeSpan.Zero
                        || Math.Abs(bar.Width - (row.Span.Duration / trace.Duration * 100)) < 1e-6);
            }
        });

    [Fact]
    public void A_row_is_seen_exactly_when_nothing_above_it_is_collapsed() =>
        Gen.Select(MadeTraces.Any, Gen.Int[0, 39].Array[0, 6]).Sample((trace, pressed) =>
        {
            var waterfall = Shown(trace);
            foreach (var place in pressed.Where(place => place < trace.Rows.Count))
            {
                waterfall.Toggle(trace.Rows[place]);
            }

            var expected = trace.Rows.Where(row => Above(trace, row).All(above => !waterfall.IsCollapsed(above)));
            Assert.Equal(expected, waterfall.Visible);
            Assert.Contains(waterfall.Current, waterfall.Visible);
        });

    [Fact]
    public void Going_to_a_span_opens_what_it_is_within() =>
        Gen.Select(MadeTraces.Any, Gen.Int[0, 39]).Sample((trace, place) =>
        {
            var waterfall = Shown(trace);
            waterfall.CollapseAll();
            var wanted = trace.Rows[place % trace.Rows.Count];

            Assert.True(waterfall.GoTo(wanted.Span.SpanId));

            Assert.Same(wanted, waterfall.Current);
        });

    [Fact]
    public void Left_closes_then_goes_up_and_right_opens_then_goes_in()
    {
        var waterfall = Shown(MadeTraces.Question());
        waterfall.GoTo(Spans.SpanId(2));

        waterfall.Left();
        Assert.Equal(["POST", "search", "chat"], Names(waterfall));
        waterfall.Left();
        Assert.Equal("POST", waterfall.Current!.Span.Name);
        waterfall.Move(1);
        waterfall.Right();
        Assert.Equal(["POST", "search", "select", "chat"], Names(waterfall));
        waterfall.Right();
        Assert.Equal("select", waterfall.Current!.Span.Name);
    }

    [Fact]
    public void Moving_stops_at_the_ends()
    {
        var waterfall = Shown(MadeTraces.Question());

        waterfall.Move(-3);
        Assert.Equal("POST", waterfall.Current!.Span.Name);
        waterfall.Move(99);
        Assert.Equal("chat", waterfall.Current!.Span.Name);
    }

    [Fact]
    public void The_next_that_is_asked_for_is_found_around_the_end_and_nothing_is_said_to_be_nothing()
    {
        var waterfall = Shown(MadeTraces.Question());
        waterfall.GoTo(Spans.SpanId(4));

        Assert.True(waterfall.GoToNext(span => span.Name == "search"));
        Assert.Equal("search", waterfall.Current!.Span.Name);
        Assert.True(waterfall.GoToNext(span => span.Status == SpanStatus.Error));
        Assert.Equal("chat", waterfall.Current!.Span.Name);
        Assert.False(waterfall.GoToNext(span => span.Name == "nothing"));
        Assert.Equal("chat", waterfall.Current!.Span.Name);
    }

    [Fact]
    public void A_trace_that_grows_keeps_what_is_closed_and_where_the_person_is()
    {
        var waterfall = Shown(MadeTraces.Question());
        waterfall.Toggle(waterfall.Trace!.Rows[1]);
        waterfall.GoTo(Spans.SpanId(4));

        waterfall.Show(MadeTraces.Of(
        [
            .. waterfall.Trace.Rows.Select(row => row.Span),
            Spans.Span(1, 5, parent: 1, name: "early", startMs: 1, lastsMs: 2),
        ]));

        Assert.Equal(["POST", "early", "search", "chat"], Names(waterfall));
        Assert.Equal("chat", waterfall.Current!.Span.Name);
    }

    [Fact]
    public void Drawing_the_time_of_one_span_fills_the_picture_with_it_and_leaves_out_what_was_at_another_time()
    {
        var waterfall = Shown(MadeTraces.Question());

        waterfall.ZoomTo(waterfall.Trace!.Rows[1]);

        Assert.Equal(new BarPlace(0, 100), waterfall.BarOf(waterfall.Trace.Rows[1]));
        Assert.Equal(new BarPlace(0, 100), waterfall.BarOf(waterfall.Trace.Rows[0]));
        Assert.Equal(new BarPlace(20, 40), waterfall.BarOf(waterfall.Trace.Rows[2]));
        Assert.Null(waterfall.BarOf(waterfall.Trace.Rows[3]));
    }

    [Fact]
    public void A_span_whose_clock_is_an_hour_late_is_drawn_within_the_one_that_waited_for_it()
    {
        var trace = MadeTraces.Of(
            Spans.Span(1, 1, startMs: 0, lastsMs: 100, kind: SpanKind.Client),
            Spans.Span(1, 2, parent: 1, service: "serving", startMs: 3_600_000, lastsMs: 50, kind: SpanKind.Server));

        var bar = Shown(trace).BarOf(trace.Rows[1])!.Value;

        Assert.Equal(new BarPlace(25, 50), bar);
        Assert.Equal(TelemetryStores.Noon.AddHours(1), trace.Rows[1].Span.Start);
    }

    [Fact]
    public void Fifty_thousand_spans_are_walked_without_recursion()
    {
        var stores = new TelemetryStores(limits => limits.MaxSpansPerTrace = 50_000);
        var spans = Enumerable.Range(1, 50_000)
            .Select(id => Spans.Span(1, id, parent: id == 1 ? null : id - 1, startMs: id));
        stores.Traces.Add([.. spans]);
        var waterfall = Shown(stores.Traces.Find(Spans.TraceId(1))!);

        waterfall.CollapseAll();
        Assert.Single(waterfall.Visible);
        Assert.True(waterfall.GoTo(Spans.SpanId(50_000)));

        Assert.Equal(50_000, waterfall.Visible.Count);
        Assert.Equal(49_999, waterfall.CurrentIndex);
        Assert.NotEmpty(CriticalPath.Through(waterfall.Trace!).Of(waterfall.Trace!.Rows[0]));
    }

    private static Waterfall Shown(Trace trace)
    {
        var waterfall = new Waterfall();
        waterfall.Show(trace);
        return waterfall;
    }

    private static IEnumerable<string> Names(Waterfall waterfall) => waterfall.Visible.Select(row => row.Span.Name);

    private static IEnumerable<TraceRow> Above(Trace trace, TraceRow row)
    {
        var place = trace.Rows.ToList().IndexOf(row);
        return trace.Rows.Where((above, at) => at < place && at + above.Descendants >= place);
    }
}
