using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Telemetry.Exchange;

/// <summary>What to write into a file.</summary>
/// <param name="Traces">Traces that match; <c>null</c>: none.</param>
/// <param name="Logs">Log records that match; <c>null</c>: none.</param>
/// <param name="Metrics">Instruments with all that is kept of them; <c>null</c>: none.</param>
public sealed record TelemetrySelection(TraceQuery? Traces, LogQuery? Logs, Func<Instrument, bool>? Metrics)
{
    /// <summary>Everything that is kept.</summary>
    public static TelemetrySelection Everything { get; } = new(new(), new(), _ => true);

    /// <summary>A trace and what was logged in it: what belongs to a bug.</summary>
    public static TelemetrySelection Trace(string traceId) =>
        new(new() { Text = traceId }, new() { TraceId = traceId }, null);
}
