using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Traces;

/// <summary>Where a bar is drawn, in hundredths of the width.</summary>
public readonly record struct BarPlace(double Left, double Width);

/// <summary>
/// A trace as the person has opened it: which rows are in view, which one is current, and which part of its time is
/// drawn. A trace that grows keeps all that.
/// </summary>
public sealed class Waterfall
{
    private readonly HashSet<string> _collapsed = new(StringComparer.Ordinal);
    private List<TraceRow> _visible = [];
    private TimeSpan _from;
    private TimeSpan? _length;

    public Trace? Trace { get; private set; }

    /// <summary>The rows that are not within a collapsed one, in order.</summary>
    public IReadOnlyList<TraceRow> Visible => _visible;

    /// <summary>The current row's place among the visible ones; -1 before the first trace.</summary>
    public int CurrentIndex { get; private set; } = -1;

    public TraceRow? Current => CurrentIndex >= 0 && CurrentIndex < _visible.Count ? _visible[CurrentIndex] : null;

    /// <summary>Where the drawn time begins, and how long it is.</summary>
    public TimeSpan From => _from;

    public TimeSpan Length => _length ?? Trace?.Duration ?? TimeSpan.Zero;

    public bool IsZoomed => _length is not null;

    /// <summary>Takes a trace, or its newer state.</summary>
    public void Show(Trace trace)
    {
        var current = Current?.Span.SpanId;
        Trace = trace;
        Arrange(current);
    }

    public bool IsCollapsed(TraceRow row) => _collapsed.Contains(row.Span.SpanId);

    public void Toggle(TraceRow row)
    {
        if (row.Descendants > 0 && !_collapsed.Remove(row.Span.SpanId))
        {
            _collapsed.Add(row.Span.SpanId);
        }

        Arrange(Current?.Span.SpanId);
    }

    public void ExpandAll()
    {
        _collapsed.Clear();
        Arrange(Current?.Span.SpanId);
    }

    /// <summary>Leaves of each tree its first row.</summary>
    public void CollapseAll()
    {
        _collapsed.UnionWith(Trace!.Rows.Where(row => row.Descendants > 0).Select(row => row.Span.SpanId));
        Arrange(Current?.Span.SpanId);
    }

    /// <summary>Makes a span current and opens what it is within. False when it is not in the trace.</summary>
    public bool GoTo(string spanId)
    {
        var place = PlaceInTrace(spanId);
        if (place < 0)
        {
            return false;
        }

        for (var above = ParentOf(place); above >= 0; above = ParentOf(above))
        {
            _collapsed.Remove(Trace!.Rows[above].Span.SpanId);
        }

        Arrange(spanId);
        return true;
    }

    /// <summary>Moves by rows, and stops at the first and the last.</summary>
    public void Move(int rows) =>
        CurrentIndex = Math.Clamp(CurrentIndex + rows, Math.Min(0, _visible.Count - 1), _visible.Count - 1);

    /// <summary>Closes an open row; from a closed one, goes to what it is part of.</summary>
    public void Left()
    {
        if (Current is { Descendants: > 0 } open && !IsCollapsed(open))
        {
            Toggle(open);
        }
        else if (Current is { } row && ParentOf(PlaceInTrace(row.Span.SpanId)) is >= 0 and var parent)
        {
            GoTo(Trace!.Rows[parent].Span.SpanId);
        }
    }

    /// <summary>Opens a closed row; from an open one, goes to its first part.</summary>
    public void Right()
    {
        if (Current is not { Descendants: > 0 } row)
        {
            return;
        }

        if (IsCollapsed(row))
        {
            Toggle(row);
        }
        else
        {
            Move(1);
        }
    }

    /// <summary>
    /// Goes to the next span that is asked for, after the current one and around; false when there is none.
    /// </summary>
    public bool GoToNext(Func<Span, bool> isWanted)
    {
        var rows = Trace!.Rows;
        var from = Current is { } current ? PlaceInTrace(current.Span.SpanId) : -1;
        for (var step = 1; step <= rows.Count; step++)
        {
            var span = rows[(from + step) % rows.Count].Span;
            if (isWanted(span))
            {
                return GoTo(span.SpanId);
            }
        }

        return false;
    }

    /// <summary>Draws the time of one span alone; <c>null</c> draws the whole trace again.</summary>
    public void ZoomTo(TraceRow? row)
    {
        var hasLength = row is { Span.Duration.Ticks: > 0 };
        _from = hasLength ? row!.Offset : TimeSpan.Zero;
        _length = hasLength ? row!.Span.Duration : null;
    }

    /// <summary>Where a span's bar is; <c>null</c> when it is before or after the drawn time.</summary>
    public BarPlace? BarOf(TraceRow row) => BarOf(row.Offset, row.Span.Duration);

    public BarPlace? BarOf(TimeSpan offset, TimeSpan duration)
    {
        if (Length.Ticks <= 0)
        {
            return new(0, 100);
        }

        var start = (offset - From) / Length * 100;
        var end = (offset + duration - From) / Length * 100;
        return end < 0 || start > 100 ? null : new(Math.Max(0, start), Math.Min(100, end) - Math.Max(0, start));
    }

    private void Arrange(string? current)
    {
        var rows = Trace!.Rows;
        _visible = new List<TraceRow>(rows.Count);
        var (place, index) = (-1, 0);
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows[row].Span.SpanId == current)
            {
                place = index;
            }

            _visible.Add(rows[row]);
            index++;
            if (IsCollapsed(rows[row]))
            {
                // The current one may be in here: then what hides it becomes current.
                place = current is not null && Hides(row, current) ? index - 1 : place;
                row += rows[row].Descendants;
            }
        }

        CurrentIndex = place < 0
            ? Math.Clamp(CurrentIndex, Math.Min(0, _visible.Count - 1), _visible.Count - 1)
            : place;
    }

    private bool Hides(int row, string spanId)
    {
        for (var below = row + 1; below <= row + Trace!.Rows[row].Descendants; below++)
        {
            if (Trace.Rows[below].Span.SpanId == spanId)
            {
                return true;
            }
        }

        return false;
    }

    private int PlaceInTrace(string spanId)
    {
        for (var row = 0; row < Trace!.Rows.Count; row++)
        {
            if (Trace.Rows[row].Span.SpanId == spanId)
            {
                return row;
            }
        }

        return -1;
    }

    private int ParentOf(int row)
    {
        var depth = row < 0 ? 0 : Trace!.Rows[row].Depth;
        for (var above = row - 1; above >= 0 && depth > 0; above--)
        {
            if (Trace!.Rows[above].Depth == depth - 1)
            {
                return above;
            }
        }

        return -1;
    }
}
