namespace AiStack.Console.Telemetry.Traces;

/// <summary>What a span's recorded times say that cannot be.</summary>
public enum ClockDoubt
{
    None,

    /// <summary>It started before the span that it is part of.</summary>
    StartsBeforeParent,

    /// <summary>It ended after the span that waited for it.</summary>
    EndsAfterParent,
}

/// <summary>A whole trace, in the order of a waterfall: each span is followed by what it is made of.</summary>
/// <param name="Duration">From the first start to the last end, once clocks are corrected.</param>
public sealed record Trace(TraceSummary Summary, TimeSpan Duration, IReadOnlyList<TraceRow> Rows)
{
    /// <summary>Whether the clocks of two processes disagree so that spans had to be moved.</summary>
    public bool HasClockDoubts => Rows.Any(row => row.Doubt != ClockDoubt.None);
}

/// <summary>A span and its place in the waterfall.</summary>
public sealed record TraceRow
{
    public required Span Span { get; init; }

    /// <summary>0 for the first span of a trace.</summary>
    public int Depth { get; init; }

    /// <summary>
    /// Where it is drawn: its start after the start of the trace, corrected. <see cref="Span.Start"/> is what was
    /// recorded.
    /// </summary>
    public TimeSpan Offset { get; init; }

    /// <summary>By how much it was moved, itself or with its parent; zero for most.</summary>
    public TimeSpan ClockShift { get; init; }

    /// <summary>Why it, and what it is made of, was moved.</summary>
    public ClockDoubt Doubt { get; init; }

    /// <summary>Whether it names a parent that is not in the trace, or not yet.</summary>
    public bool IsOrphan { get; init; }

    /// <summary>How many spans below it, at any depth, follow it in the list.</summary>
    public int Descendants { get; init; }
}
