using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Traces;

/// <summary>
/// The traces that were heard of last. When there are too many spans, whole traces go, those first of which nothing
/// was heard for longest.
/// </summary>
internal sealed class TraceStore(IOptions<TelemetryOptions> options, TelemetryLedger ledger, TimeProvider time)
{
    private readonly TelemetryOptions _limits = options.Value;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredTrace> _traces = new(StringComparer.Ordinal);
    private readonly LinkedList<StoredTrace> _byLastHeard = new();
    private int _spanCount;
    private long _bytes;

    /// <summary>Tells of every change.</summary>
    public TelemetryChanges Changes { get; } = new(time);

    /// <summary>Every service that a kept trace has, in alphabetical order.</summary>
    public IReadOnlyList<string> Services =>
        [.. Snapshots().SelectMany(trace => trace.Summary.Services).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];

    /// <summary>
    /// Adds spans to their traces, in any order and however late; one that is there already stays as it is.
    /// </summary>
    public void Add(IReadOnlyCollection<Span> spans)
    {
        if (spans.Count == 0)
        {
            return;
        }

        var lost = new int[Enum.GetValues<LossReason>().Length];
        lock (_lock)
        {
            StoredTrace? trace = null;
            foreach (var span in spans)
            {
                trace = trace?.TraceId == span.TraceId ? trace : Heard(span.TraceId);
                Add(trace, span, lost);
            }

            lost[(int)LossReason.MadeRoom] = MakeRoom();
            ledger.Keeps(TelemetrySignal.Traces, _spanCount);
        }

        foreach (var reason in Enum.GetValues<LossReason>())
        {
            ledger.Lost(TelemetrySignal.Traces, reason, lost[(int)reason]);
        }

        Changes.Notify();
    }

    /// <summary>The newest traces that match.</summary>
    public TraceList Search(TraceQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var matched = Matching(query);
        var listed = matched.Take(Math.Clamp(query.Limit, 1, TraceQuery.MaxLimit)).ToArray();
        return new(listed, matched.Count, DurationHistogram.Of(matched));
    }

    /// <summary>All traces that match, whatever the query's limit is; the newest first.</summary>
    public IReadOnlyList<TraceSummary> Matching(TraceQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var match = new TraceMatch(query);
        var matched = new List<TraceSummary>();
        foreach (var trace in Snapshots())
        {
            if (match.Matches(trace))
            {
                matched.Add(trace.Summary);
            }
        }

        matched.Sort((left, right) => right.Start.CompareTo(left.Start));
        return matched;
    }

    /// <summary>A trace with all its spans, as a waterfall; <c>null</c> when none is kept under the id.</summary>
    public Trace? Find(string traceId)
    {
        var snapshot = Snapshot(traceId);
        return snapshot is { } found ? TraceRows.Arrange(found.Summary, found.Spans) : null;
    }

    /// <summary>The spans of a trace as they arrived; none when it is not kept.</summary>
    public IReadOnlyList<Span> Spans(string traceId) =>
        Snapshot(traceId) is { } snapshot ? snapshot.Spans : Array.Empty<Span>();

    /// <summary>
    /// Spans of other traces that link to this one: the work that it asked for, say. The newest
    /// <paramref name="most"/>.
    /// </summary>
    public IReadOnlyList<Span> LinkedTo(string traceId, int most = 20) =>
        [.. Snapshots().Reverse().Where(trace => trace.Trace.TraceId != traceId)
            .SelectMany(trace => trace.Spans)
            .Where(span => span.Links.Any(link => link.TraceId == traceId))
            .Take(most)];

    /// <summary>The row of one trace; <c>null</c> when it is not kept.</summary>
    public TraceSummary? Summary(string traceId) => Snapshot(traceId)?.Summary;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _traces.Clear();
            _byLastHeard.Clear();
            (_spanCount, _bytes) = (0, 0);
            ledger.Keeps(TelemetrySignal.Traces, 0);
        }

        Changes.Notify();
    }

    private TraceSnapshot[] Snapshots()
    {
        lock (_lock)
        {
            return [.. _byLastHeard.Select(trace => trace.Snapshot())];
        }
    }

    private TraceSnapshot? Snapshot(string traceId)
    {
        lock (_lock)
        {
            return _traces.TryGetValue(traceId, out var trace) && trace.Count > 0 ? trace.Snapshot() : null;
        }
    }

    private StoredTrace Heard(string traceId)
    {
        if (!_traces.TryGetValue(traceId, out var trace))
        {
            trace = new(traceId);
            trace.Place = new(trace);
            _traces.Add(traceId, trace);
        }
        else
        {
            _byLastHeard.Remove(trace.Place!);
        }

        _byLastHeard.AddLast(trace.Place!);
        return trace;
    }

    private void Add(StoredTrace trace, Span span, int[] lost)
    {
        var before = trace.Bytes;
        if (trace.Add(span, _limits.MaxSpansPerTrace) is { } reason)
        {
            lost[(int)reason]++;
            return;
        }

        _spanCount++;
        _bytes += trace.Bytes - before;
    }

    private int MakeRoom()
    {
        var before = _spanCount;
        while ((_spanCount > _limits.MaxSpans || _bytes > _limits.MaxTraceBytes) && _byLastHeard.First is { } oldest)
        {
            _byLastHeard.RemoveFirst();
            _traces.Remove(oldest.Value.TraceId);
            _spanCount -= oldest.Value.Count;
            _bytes -= oldest.Value.Bytes;
        }

        return before - _spanCount;
    }
}
