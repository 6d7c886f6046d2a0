namespace AiStack.Console.Telemetry.Traces;

/// <summary>OpenTelemetry's kinds of spans, with its numbers.</summary>
public enum SpanKind : byte
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

/// <summary>Whether an operation ended well, with OpenTelemetry's numbers.</summary>
public enum SpanStatus : byte
{
    Unset,
    Ok,
    Error,
}

/// <summary>One operation of one process, as it was recorded there.</summary>
public sealed record Span
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    /// <summary>The span that this one is part of; <c>null</c> for the first of a trace.</summary>
    public string? ParentSpanId { get; init; }

    public required string Name { get; init; }

    public SpanKind Kind { get; init; }

    /// <summary>By the clock of the process. Times are exact to 100 ns.</summary>
    public required DateTimeOffset Start { get; init; }

    public TimeSpan Duration { get; init; }

    public DateTimeOffset End => Start + Duration;

    public SpanStatus Status { get; init; }

    public string? StatusMessage { get; init; }

    public TelemetryAttributes Attributes { get; init; }

    public IReadOnlyList<SpanEvent> Events { get; init; } = [];

    public IReadOnlyList<SpanLink> Links { get; init; } = [];

    public required TelemetryResource Resource { get; init; }

    public TelemetryScope Scope { get; init; } = TelemetryScope.None;

    /// <summary>W3C's <c>tracestate</c>.</summary>
    public string? TraceState { get; init; }
}

/// <summary>Something that happened during a span: an exception, say.</summary>
public sealed record SpanEvent(DateTimeOffset Time, string Name, TelemetryAttributes Attributes);

/// <summary>Another span that has to do with this one: the request that asked for a piece of work, say.</summary>
public sealed record SpanLink(string TraceId, string SpanId, TelemetryAttributes Attributes);
