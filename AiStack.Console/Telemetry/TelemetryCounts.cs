namespace AiStack.Console.Telemetry;

/// <summary>What became of everything that was sent since the Console started.</summary>
/// <param name="Refused">Requests that were refused, by the reason; a reason that never happened is left out.</param>
public sealed record TelemetryCounts(
    IReadOnlyList<SignalCounts> Signals, IReadOnlyDictionary<RefusalReason, long> Refused)
{
    public SignalCounts this[TelemetrySignal signal] => Signals[(int)signal];
}

/// <summary>One signal's share of them.</summary>
/// <param name="Received">Spans, log records or metric points that arrived.</param>
/// <param name="Kept">Spans, log records or metric series that are held now.</param>
/// <param name="Lost">What was dropped or cut, by the reason; a reason that never happened is left out.</param>
public sealed record SignalCounts(
    TelemetrySignal Signal, long Received, long Kept, IReadOnlyDictionary<LossReason, long> Lost);
