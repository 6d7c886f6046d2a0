using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Traces;
using AiStack.Tests.Console.Telemetry;
using Xunit;

namespace AiStack.Tests.Console.Traces;

/// <summary>A list that grows by itself does not move under the person who reads it.</summary>
public sealed class ShownTracesTests
{
    private readonly TelemetryStores _stores = new();
    private readonly ShownTraces _shown = new();

    [Fact]
    public void New_traces_come_in_on_top_while_nobody_holds_the_list()
    {
        Arrives(Spans.Span(1, 1, startMs: 0));
        Update(isHeld: false);
        Arrives(Spans.Span(2, 1, startMs: 5));
        Update(isHeld: false);

        Assert.Equal([Spans.TraceId(2), Spans.TraceId(1)], _shown.Rows.Select(row => row.TraceId));
        Assert.Equal(0, _shown.Waiting);
    }

    [Fact]
    public void While_it_is_held_new_traces_wait_and_known_ones_are_kept_up_to_date_in_their_place()
    {
        Arrives(Spans.Span(1, 1, startMs: 0));
        Arrives(Spans.Span(2, 1, startMs: 5));
        Update(isHeld: false);
        Arrives(Spans.Span(3, 1, startMs: 9));
        Arrives(Spans.Span(1, 2, parent: 1, startMs: 1));
        Update(isHeld: true);

        Assert.Equal([Spans.TraceId(2), Spans.TraceId(1)], _shown.Rows.Select(row => row.TraceId));
        Assert.Equal(2, _shown.Rows[1].SpanCount);
        Assert.Equal(1, _shown.Waiting);

        _shown.Release();
        Assert.Equal(Spans.TraceId(3), _shown.Rows[0].TraceId);
        Assert.Equal(0, _shown.Waiting);
    }

    [Fact]
    public void A_trace_that_is_dropped_meanwhile_stays_until_the_list_moves_again()
    {
        Arrives(Spans.Span(1, 1));
        Update(isHeld: false);
        _stores.Traces.Clear();
        Update(isHeld: true);

        Assert.Single(_shown.Rows);
        _shown.Release();
        Assert.Empty(_shown.Rows);
    }

    [Fact]
    public void An_empty_list_holds_nothing_back()
    {
        Arrives(Spans.Span(1, 1));
        Update(isHeld: true);

        Assert.Single(_shown.Rows);
    }

    private void Arrives(Span span) => _stores.Traces.Add([span]);

    private void Update(bool isHeld) => _shown.Update(_stores.Traces.Search(new TraceQuery()), isHeld);
}
