namespace AiStack.Console.Telemetry.Traces;

/// <summary>A trace in one row of a list.</summary>
public sealed record TraceSummary
{
    public required string TraceId { get; init; }

    /// <summary>The name of the first span; while that has not arrived, of the earliest one that has.</summary>
    public required string Name { get; init; }

    /// <summary>The service of that span.</summary>
    public required string Service { get; init; }

    /// <summary>Whether the first span, the one without a parent, has arrived.</summary>
    public bool HasRoot { get; init; }

    public DateTimeOffset Start { get; init; }

    /// <summary>From the earliest start to the latest end, by the clocks as they are.</summary>
    public TimeSpan Duration { get; init; }

    public int SpanCount { get; init; }

    public int ErrorCount { get; init; }

    /// <summary>The services that took part, in the order of their first span.</summary>
    public required IReadOnlyList<string> Services { get; init; }

    /// <summary>What models did and used; <c>null</c> where none took part.</summary>
    public ModelUsage? Models { get; init; }

    /// <summary>Spans that were dropped because the trace had as many as one may have.</summary>
    public int DroppedSpans { get; init; }

    public bool IsImported { get; init; }
}

/// <summary>
/// The calls of models in a trace. A call within a call is part of it, so its tokens and cost are not counted again.
/// </summary>
/// <param name="Cost">In <paramref name="Currency"/>; <c>null</c> where no span says it.</param>
public sealed record ModelUsage(
    IReadOnlyList<string> Names, long InputTokens, long OutputTokens, decimal? Cost, string Currency = GenAi.Dollars);
