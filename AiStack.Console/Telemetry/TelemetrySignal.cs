namespace AiStack.Console.Telemetry;

/// <summary>OpenTelemetry's three kinds of telemetry.</summary>
public enum TelemetrySignal
{
    Traces,
    Logs,
    Metrics,
}

/// <summary>Why something that was sent is not kept, or not kept whole.</summary>
public enum LossReason
{
    /// <summary>It was the oldest, and went for what came later.</summary>
    MadeRoom,

    /// <summary>Its trace has as many spans as one trace may have.</summary>
    TraceFull,

    /// <summary>Its dimensions were folded into the instrument's overflow series.</summary>
    SeriesLimit,

    /// <summary>A value was longer than a value may be and was cut.</summary>
    ValueCut,

    /// <summary>It had more attributes, events, links, buckets or exemplars than are kept.</summary>
    TooMany,

    /// <summary>It had been received before.</summary>
    Duplicate,

    /// <summary>It broke OpenTelemetry's rules: a span without an id, say.</summary>
    Invalid,
}

/// <summary>Why a whole request was refused.</summary>
public enum RefusalReason
{
    Key,
    TooLarge,
    Malformed,
    Busy,
}
