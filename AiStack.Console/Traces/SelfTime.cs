using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Traces;

/// <summary>How long a span was at its own work: its duration less the time in which a part of it went on.</summary>
internal static class SelfTime
{
    public static TimeSpan Of(IReadOnlyList<TraceRow> rows, TraceRow row)
    {
        var place = PlaceOf(rows, row);
        var (start, end) = (row.Offset, row.Offset + row.Span.Duration);
        var (own, at) = (TimeSpan.Zero, start);
        foreach (var part in Parts(rows, place).OrderBy(part => part.Offset))
        {
            own += Later(TimeSpan.Zero, Earlier(part.Offset, end) - at);
            at = Later(at, Earlier(part.Offset + part.Span.Duration, end));
        }

        return own + (end - at);
    }

    private static IEnumerable<TraceRow> Parts(IReadOnlyList<TraceRow> rows, int place)
    {
        for (var part = place + 1; part <= place + rows[place].Descendants; part += rows[part].Descendants + 1)
        {
            yield return rows[part];
        }
    }

    private static int PlaceOf(IReadOnlyList<TraceRow> rows, TraceRow row)
    {
        for (var place = 0; place < rows.Count; place++)
        {
            if (ReferenceEquals(rows[place], row))
            {
                return place;
            }
        }

        throw new ArgumentException("The row is not one of these.", nameof(row));
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
