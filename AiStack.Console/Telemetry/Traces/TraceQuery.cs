namespace AiStack.Console.Telemetry.Traces;

/// <summary>Which traces to list. What is not set does not narrow.</summary>
public sealed record TraceQuery
{
    /// <summary>Longest list that a query may ask for.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>A service that took part.</summary>
    public string? Service { get; init; }

    /// <summary>
    /// Part of a span's name, status message or attribute value, in any case; <c>key=part</c> looks in that attribute
    /// alone; a trace id finds its trace.
    /// </summary>
    public string? Text { get; init; }

    public TimeSpan? MinDuration { get; init; }

    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Only traces with a span that failed.</summary>
    public bool ErrorsOnly { get; init; }

    /// <summary>Only traces in which a model was called.</summary>
    public bool ModelsOnly { get; init; }

    /// <summary>Traces that started then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Traces that started before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>How many to list, the newest first.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>The newest traces that match.</summary>
/// <param name="Matched">How many match in all: there are more than listed if it is larger.</param>
/// <param name="Durations">How long all that match took, listed or not.</param>
public sealed record TraceList(IReadOnlyList<TraceSummary> Traces, int Matched, DurationHistogram Durations)
{
    public bool HasMore => Matched > Traces.Count;
}
