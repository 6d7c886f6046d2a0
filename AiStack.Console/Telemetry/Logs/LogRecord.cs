namespace AiStack.Console.Telemetry.Logs;

/// <summary>What OpenTelemetry's 24 severities come to; each is the lowest number of its range.</summary>
public enum LogSeverity
{
    Unspecified = 0,
    Trace = 1,
    Debug = 5,
    Information = 9,
    Warning = 13,
    Error = 17,
    Critical = 21,
}

/// <summary>One record of a log.</summary>
public sealed record LogRecord
{
    /// <summary>Grows with every record that arrives: pages are read and followed by it. Starts at 1.</summary>
    public long Sequence { get; init; }

    /// <summary>When it happened, or, where that is not said, when it was collected.</summary>
    public required DateTimeOffset Time { get; init; }

    public DateTimeOffset ObservedTime { get; init; }

    /// <summary>1 to 24, by OpenTelemetry; 0 where it is not said.</summary>
    public int SeverityNumber { get; init; }

    /// <summary>The severity as the source names it.</summary>
    public string? SeverityText { get; init; }

    /// <summary>The message, with its values filled in where the source does that.</summary>
    public required string Body { get; init; }

    /// <summary>What <see cref="Body"/> was before it became text.</summary>
    public AttributeKind BodyKind { get; init; }

    public string? TraceId { get; init; }

    public string? SpanId { get; init; }

    public string? EventName { get; init; }

    /// <summary>The logger's category: the scope's name.</summary>
    public string Category => Scope.Name;

    public TelemetryScope Scope { get; init; } = TelemetryScope.None;

    public TelemetryAttributes Attributes { get; init; }

    public required TelemetryResource Resource { get; init; }

    public LogSeverity Severity => SeverityNumber switch
    {
        <= 0 => LogSeverity.Unspecified,
        < 5 => LogSeverity.Trace,
        < 9 => LogSeverity.Debug,
        < 13 => LogSeverity.Information,
        < 17 => LogSeverity.Warning,
        < 21 => LogSeverity.Error,
        _ => LogSeverity.Critical,
    };
}
