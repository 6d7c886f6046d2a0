namespace AiStack.Console.Telemetry.Traces;

/// <summary>
/// A trace as it grows. Written under the store's lock; a <see cref="Snapshot"/> may be read outside of it, because
/// spans are only ever added behind it.
/// </summary>
internal sealed class StoredTrace(string traceId)
{
    /// <summary>Below this, comparing ids one by one is faster than hashing, and needs no memory.</summary>
    private const int ManySpans = 32;

    private Span[] _spans = new Span[4];
    private int _count;
    private int _dropped;
    private HashSet<string>? _ids;
    private TraceSummary? _summary;

    public string TraceId => traceId;

    public int Count => _count;

    public long Bytes { get; private set; }

    /// <summary>The store's list of traces, in the order in which they were heard of last.</summary>
    public LinkedListNode<StoredTrace>? Place { get; set; }

    /// <summary>Adds a span; says why not, if not.</summary>
    public LossReason? Add(Span span, int maxSpans)
    {
        if (Contains(span.SpanId))
        {
            return LossReason.Duplicate;
        }

        if (_count >= maxSpans)
        {
            _dropped++;
            return LossReason.TraceFull;
        }

        if (_count == _spans.Length)
        {
            Array.Resize(ref _spans, _count * 2);
        }

        _spans[_count++] = span;
        _ids?.Add(span.SpanId);
        Bytes += SpanSize.Of(span);
        return null;
    }

    public TraceSnapshot Snapshot() => new(this, new ArraySegment<Span>(_spans, 0, _count), _dropped);

    /// <summary>The row of a snapshot. It is made once for each state that is looked at.</summary>
    public TraceSummary Summarise(TraceSnapshot snapshot)
    {
        if (_summary is { } known && known.SpanCount == snapshot.Spans.Count && known.DroppedSpans == snapshot.Dropped)
        {
            return known;
        }

        return _summary = TraceSummaries.Of(traceId, snapshot.Spans, snapshot.Dropped);
    }

    private bool Contains(string spanId)
    {
        if (_count < ManySpans)
        {
            foreach (var span in _spans.AsSpan(0, _count))
            {
                if (span.SpanId == spanId)
                {
                    return true;
                }
            }

            return false;
        }

        _ids ??= _spans.Take(_count).Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        return _ids.Contains(spanId);
    }
}

/// <summary>The spans of a trace at one moment.</summary>
internal readonly record struct TraceSnapshot(StoredTrace Trace, ArraySegment<Span> Spans, int Dropped)
{
    public TraceSummary Summary => Trace.Summarise(this);
}
