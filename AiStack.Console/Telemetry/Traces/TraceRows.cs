namespace AiStack.Console.Telemetry.Traces;

/// <summary>
/// Puts the spans of a trace in the order of a waterfall, however late, lost, doubled or circular their parents are.
/// </summary>
internal sealed class TraceRows
{
    private readonly List<Placed> _rows = [];
    private readonly Dictionary<string, List<Span>> _children = new(StringComparer.Ordinal);
    private readonly HashSet<Span> _placed = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<(Span Span, Placed? Parent, bool IsOrphan)> _open = new();

    private TraceRows(IReadOnlyList<Span> spans)
    {
        var ids = spans.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        var inOrder = spans.OrderBy(span => span.Start).ToArray();
        foreach (var span in inOrder.Where(HasParent))
        {
            if (!_children.TryGetValue(span.ParentSpanId!, out var children))
            {
                _children[span.ParentSpanId!] = children = [];
            }

            children.Add(span);
        }

        foreach (var span in inOrder.Where(span => !HasParent(span)))
        {
            PlaceWithDescendants(span, isOrphan: span.ParentSpanId is not null);
        }

        // What is left is part of itself, in a circle: it is opened at its earliest span.
        foreach (var span in inOrder.Where(span => !_placed.Contains(span)))
        {
            PlaceWithDescendants(span, isOrphan: true);
        }

        bool HasParent(Span span) => span.ParentSpanId is { } parent && ids.Contains(parent);
    }

    public static Trace Arrange(TraceSummary summary, IReadOnlyList<Span> spans)
    {
        var rows = new TraceRows(spans)._rows;
        var start = rows.Min(row => row.Start);
        return new(summary, rows.Max(row => row.End) - start, [.. rows.Select(row => new TraceRow
        {
            Span = row.Span,
            Depth = row.Depth,
            Offset = row.Start - start,
            ClockShift = row.Shift.By,
            Doubt = row.Shift.Doubt,
            IsOrphan = row.IsOrphan,
            Descendants = row.Descendants,
        })]);
    }

    // Not by recursion: a trace can be as deep as it has spans.
    private void PlaceWithDescendants(Span root, bool isOrphan)
    {
        _open.Push((root, null, isOrphan));
        while (_open.TryPop(out var next))
        {
            if (!_placed.Add(next.Span))
            {
                continue;
            }

            var row = new Placed(next.Span, next.Parent, next.IsOrphan);
            _rows.Add(row);
            if (_children.TryGetValue(next.Span.SpanId, out var children))
            {
                for (var child = children.Count - 1; child >= 0; child--)
                {
                    _open.Push((children[child], row, false));
                }
            }
        }

        // From the last to the first: a row comes after its parent.
        for (var row = _rows.Count - 1; row >= 0 && _rows[row].Parent is { } parent; row--)
        {
            parent.Descendants += _rows[row].Descendants + 1;
        }
    }

    private sealed class Placed(Span span, Placed? parent, bool isOrphan)
    {
        public Span Span => span;

        public Placed? Parent => parent;

        public bool IsOrphan => isOrphan;

        public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

        public ClockShift Shift { get; } = parent is null
            ? ClockShift.None
            : ClockShift.Of(span, parent.Span, parent.Shift);

        public DateTimeOffset Start => span.Start + Shift.By;

        public DateTimeOffset End => Start + span.Duration;

        public int Descendants { get; set; }
    }
}
