using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Traces;
using Xunit;
using static AiStack.Tests.Console.Telemetry.Spans;

namespace AiStack.Tests.Console.Telemetry.Traces;

public sealed class TraceStoreTests
{
    [Fact]
    public void A_trace_is_one_row_whatever_order_its_spans_arrive_in()
    {
        var stores = new TelemetryStores();
        stores.Traces.Add(
            [Span(1, 3, parent: 2, service: "retrieval", name: "search", startMs: 5, lastsMs: 20,
            status: SpanStatus.Error)]);
        stores.Traces.Add([Span(1, 2, parent: 1, service: "serving", name: "chat", startMs: 2, lastsMs: 40)]);

        var before = Assert.Single(stores.Traces.Search(new()).Traces);
        stores.Traces.Add([Span(1, 1, name: "POST /v1/responses", lastsMs: 50)]);
        var after = Assert.Single(stores.Traces.Search(new()).Traces);

        Assert.Equal(("chat", false), (before.Name, before.HasRoot));
        Assert.Equal(("POST /v1/responses", "gateway", true), (after.Name, after.Service, after.HasRoot));
        Assert.Equal((3, 1, TimeSpan.FromMilliseconds(50)), (after.SpanCount, after.ErrorCount, after.Duration));
        Assert.Equal(["gateway", "serving", "retrieval"], after.Services);
    }

    [Fact]
    public void A_span_that_is_sent_twice_is_kept_once()
    {
        var stores = new TelemetryStores();
        var spans = Enumerable.Range(1, 100).Select(id => Span(1, id)).ToArray();

        stores.Traces.Add(spans);
        stores.Traces.Add(spans);

        Assert.Equal(100, stores.Traces.Spans(TraceId(1)).Count);
        Assert.Equal(100, stores.Lost(TelemetrySignal.Traces, LossReason.Duplicate));
    }

    [Fact]
    public void Whole_traces_make_room_those_first_of_which_nothing_was_heard_for_longest()
    {
        var stores = new TelemetryStores(limits => limits.MaxSpans = 1_000);
        foreach (var trace in Enumerable.Range(1, 100))
        {
            stores.Traces.Add([.. Enumerable.Range(1, 10).Select(id => Span(trace, id, startMs: trace))]);
        }

        stores.Traces.Add([Span(1, 11, startMs: 200)]);

        Assert.Equal(11, stores.Traces.Spans(TraceId(1)).Count);
        Assert.Empty(stores.Traces.Spans(TraceId(2)));
        Assert.Equal(10, stores.Traces.Spans(TraceId(3)).Count);
        Assert.Equal(10, stores.Lost(TelemetrySignal.Traces, LossReason.MadeRoom));
        Assert.Equal(991, stores.Ledger.Read()[TelemetrySignal.Traces].Kept);
    }

    [Fact]
    public void Long_values_make_room_too()
    {
        var stores = new TelemetryStores(limits => limits.MaxTraceBytes = 1 << 20);
        foreach (var trace in Enumerable.Range(1, 100))
        {
            stores.Traces.Add([Span(trace, 1, attributes: ("text", new string('x', 30_000)))]);
        }

        var kept = stores.Traces.Search(new()).Traces;

        Assert.InRange(kept.Count, 15, 17);
        Assert.Contains(kept, trace => trace.TraceId == TraceId(100));
    }

    [Fact]
    public void A_trace_of_fifty_thousand_spans_keeps_as_many_as_it_may_and_says_how_many_it_lost()
    {
        var stores = new TelemetryStores();
        foreach (var batch in Enumerable.Range(1, 50_000).Chunk(512))
        {
            stores.Traces.Add([.. batch.Select(id => Span(1, id, parent: id == 1 ? null : id - 1))]);
        }

        var trace = stores.Traces.Find(TraceId(1))!;

        Assert.Equal(10_000, trace.Rows.Count);
        Assert.Equal(40_000, trace.Summary.DroppedSpans);
        Assert.Equal(40_000, stores.Lost(TelemetrySignal.Traces, LossReason.TraceFull));
        Assert.Equal(9_999, trace.Rows[^1].Depth);
    }

    [Fact]
    public void A_search_finds_by_each_of_its_conditions()
    {
        var stores = new TelemetryStores();
        stores.Traces.Add([Span(1, 1, name: "GET /v1/models", lastsMs: 5)]);
        stores.Traces.Add([Span(2, 1, service: "serving", lastsMs: 500, attributes: ("db.query.text", "SELECT 1"))]);
        stores.Traces.Add([Span(3, 1, startMs: 60_000, status: SpanStatus.Error)]);
        stores.Traces.Add([Span(4, 1, attributes: (GenAi.RequestModel, "default"))]);

        Assert.Equal([1], Found(new() { Text = "v1/MODELS" }));
        Assert.Equal([2], Found(new() { Text = "select" }));
        Assert.Equal([2], Found(new() { Text = "db.query.text=1" }));
        Assert.Equal([3], Found(new() { Text = TraceId(3) }));
        Assert.Equal([2], Found(new() { Service = "serving" }));
        Assert.Equal([2], Found(new() { MinDuration = TimeSpan.FromMilliseconds(100) }));
        Assert.Equal([1], Found(new() { MaxDuration = TimeSpan.FromMilliseconds(5) }));
        Assert.Equal([3], Found(new() { ErrorsOnly = true }));
        Assert.Equal([4], Found(new() { ModelsOnly = true }));
        Assert.Equal([3], Found(new() { From = TelemetryStores.Noon.AddSeconds(1) }));
        Assert.Equal([1, 2, 4], Found(new() { To = TelemetryStores.Noon.AddSeconds(1) }).Order());
        Assert.Empty(Found(new() { Text = "nowhere" }));

        int[] Found(TraceQuery query) =>
            [.. stores.Traces.Search(query).Traces.Select(trace => Convert.ToInt32(trace.TraceId, 16))];
    }

    [Fact]
    public void The_newest_come_first_and_the_list_says_that_there_are_more()
    {
        var stores = new TelemetryStores();
        stores.Traces.Add([.. Enumerable.Range(1, 50).Select(trace => Span(trace, 1, startMs: trace, lastsMs: trace))]);

        var list = stores.Traces.Search(new() { Limit = 10 });

        Assert.Equal(Enumerable.Range(41, 10).Reverse().Select(TraceId), list.Traces.Select(trace => trace.TraceId));
        Assert.Equal((50, true), (list.Matched, list.HasMore));
        Assert.Equal(50, list.Durations.Bins.Sum(bin => bin.Count));
    }

    [Fact]
    public void Tokens_of_a_call_within_a_call_count_once()
    {
        var stores = new TelemetryStores();
        stores.Traces.Add([
            Span(1, 1),
            Span(1, 2, parent: 1, attributes: [
                (GenAi.RequestModel, "default"), (GenAi.InputTokens, "100"), (GenAi.OutputTokens, "20"),
                    (GenAi.Cost, "0.0125")]),
            Span(1, 3, parent: 2,
                attributes: [(GenAi.ResponseModel, "gpt"), (GenAi.InputTokens, "100"), (GenAi.OutputTokens, "20")]),
            Span(1, 4, parent: 1, attributes: [(GenAi.RequestModel, "embed"), (GenAi.InputTokens, "7")]),
        ]);

        var models = Assert.Single(stores.Traces.Search(new()).Traces).Models!;

        Assert.Equal((107, 20, 0.0125m), (models.InputTokens, models.OutputTokens, models.Cost));
        Assert.Equal(["default", "gpt", "embed"], models.Names);
    }

    [Fact]
    public void Reading_while_spans_arrive_never_sees_half_a_trace_row()
    {
        var stores = new TelemetryStores(limits => limits.MaxSpans = 2_000);

        Parallel.Invoke(
            () => Enumerable.Range(0, 2_000).ToList().ForEach(i =>
                stores.Traces.Add([.. Enumerable.Range(1, 5).Select(id => Span(1 + (i % 700), (i * 5) + id))])),
            () => Enumerable.Range(0, 200).ToList().ForEach(_ =>
                Assert.All(stores.Traces.Search(new() { Limit = 1_000 }).Traces, trace =>
                    Assert.True(trace.SpanCount > 0))));

        Assert.InRange(stores.Ledger.Read()[TelemetrySignal.Traces].Kept, 1, 2_000);
    }
}
