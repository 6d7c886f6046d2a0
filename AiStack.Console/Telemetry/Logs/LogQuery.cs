namespace AiStack.Console.Telemetry.Logs;

/// <summary>Which records to read. What is not set does not narrow.</summary>
public sealed record LogQuery
{
    /// <summary>Longest page that a query may ask for.</summary>
    public const int MaxLimit = 10_000;

    public string? Service { get; init; }

    /// <summary>This severity or worse. Records that don't say theirs are shown only without it.</summary>
    public LogSeverity MinSeverity { get; init; }

    /// <summary>
    /// Part of the message, of the category or of an attribute's value, in any case; <c>key=part</c> looks in that
    /// attribute alone.
    /// </summary>
    public string? Text { get; init; }

    public string? TraceId { get; init; }

    public string? SpanId { get; init; }

    public string? Category { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>How many records to read.</summary>
    public int Limit { get; init; } = 200;
}

/// <summary>A page of records, the newest first.</summary>
/// <param name="HasMore">Whether older ones match too: read on before the last one's sequence number.</param>
/// <param name="LastSequence">The number of the newest record that was looked at, matching or not: follow from
/// there.</param>
public sealed record LogPage(IReadOnlyList<LogRecord> Records, bool HasMore, long LastSequence);
