using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Traces;

/// <summary>A time in which nothing could go on but one span.</summary>
public readonly record struct CriticalPiece(TimeSpan From, TimeSpan To);

/// <summary>
/// What a trace waited for: going back from its end, at each moment the part that ended last. To make a trace shorter,
/// one of these pieces has to be.
/// </summary>
public sealed class CriticalPath
{
    private readonly Dictionary<TraceRow, List<CriticalPiece>> _pieces = new(ReferenceEqualityComparer.Instance);

    private CriticalPath()
    {
    }

    /// <summary>A row's pieces, the last first; none when it is not on the path.</summary>
    public IReadOnlyList<CriticalPiece> Of(TraceRow row) => _pieces.GetValueOrDefault(row) ?? [];

    /// <summary>The path through the tree of the first row.</summary>
    public static CriticalPath Through(Trace trace)
    {
        var path = new CriticalPath();
        var open = new Stack<(int Row, TimeSpan Until)>();
        var first = trace.Rows[0];
        open.Push((0, first.Offset + first.Span.Duration));
        while (open.TryPop(out var next))
        {
            path.Walk(trace.Rows, next.Row, next.Until, open);
        }

        return path;
    }

    // Back from `until`: what is not a part's is the span's own, and each part that is waited
    // for is walked in its turn.
    private void Walk(IReadOnlyList<TraceRow> rows, int place, TimeSpan until, Stack<(int Row, TimeSpan Until)> open)
    {
        var row = rows[place];
        var at = until;
        foreach (var part in Parts(rows, place).OrderByDescending(part => EndOf(rows[part])))
        {
            var (start, end) = (rows[part].Offset, EndOf(rows[part]));
            if (end <= at && start >= row.Offset && end > start)
            {
                Add(row, end, at);
                open.Push((part, end));
                at = start;
            }
        }

        Add(row, row.Offset, at);
    }

    private void Add(TraceRow row, TimeSpan from, TimeSpan to)
    {
        if (to > from)
        {
            if (!_pieces.TryGetValue(row, out var pieces))
            {
                _pieces[row] = pieces = [];
            }

            pieces.Add(new(from, to));
        }
    }

    private static IEnumerable<int> Parts(IReadOnlyList<TraceRow> rows, int place)
    {
        var last = place + rows[place].Descendants;
        for (var part = place + 1; part <= last; part += rows[part].Descendants + 1)
        {
            yield return part;
        }
    }

    private static TimeSpan EndOf(TraceRow row) => row.Offset + row.Span.Duration;
}
