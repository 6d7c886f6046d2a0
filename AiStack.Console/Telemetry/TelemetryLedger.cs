namespace AiStack.Console.Telemetry;

/// <summary>Counts what arrives and what is lost, for the pages and for the Console's own metrics.</summary>
internal sealed class TelemetryLedger(ConsoleTelemetry telemetry)
{
    private static readonly int _signals = Enum.GetValues<TelemetrySignal>().Length;
    private static readonly int _losses = Enum.GetValues<LossReason>().Length;
    private static readonly int _refusals = Enum.GetValues<RefusalReason>().Length;

    private readonly long[] _received = new long[_signals];
    private readonly long[] _kept = new long[_signals];
    private readonly long[] _lost = new long[_signals * _losses];
    private readonly long[] _refused = new long[_refusals];

    public void Received(TelemetrySignal signal, int items)
    {
        Interlocked.Add(ref _received[(int)signal], items);
        telemetry.Received(signal, items);
    }

    public void Lost(TelemetrySignal signal, LossReason reason, long items)
    {
        if (items > 0)
        {
            Interlocked.Add(ref _lost[((int)signal * _losses) + (int)reason], items);
            telemetry.Lost(signal, reason, items);
        }
    }

    public void Refused(RefusalReason reason)
    {
        Interlocked.Increment(ref _refused[(int)reason]);
        telemetry.Refused(reason);
    }

    /// <summary>How much is held now.</summary>
    public void Keeps(TelemetrySignal signal, long items)
    {
        Interlocked.Exchange(ref _kept[(int)signal], items);
        telemetry.Keeps(signal, items);
    }

    public TelemetryCounts Read() => new(
        [.. Enum.GetValues<TelemetrySignal>().Select(signal => new SignalCounts(
            signal,
            Interlocked.Read(ref _received[(int)signal]),
            Interlocked.Read(ref _kept[(int)signal]),
            NonZero<LossReason>(_lost.AsSpan((int)signal * _losses, _losses))))],
        NonZero<RefusalReason>(_refused));

    private static Dictionary<TReason, long> NonZero<TReason>(Span<long> counts)
        where TReason : struct, Enum
    {
        var reasons = new Dictionary<TReason, long>();
        foreach (var reason in Enum.GetValues<TReason>())
        {
            if (Interlocked.Read(ref counts[Convert.ToInt32(reason, null)]) is > 0 and var count)
            {
                reasons[reason] = count;
            }
        }

        return reasons;
    }
}
