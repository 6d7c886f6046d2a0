using System.Diagnostics.Metrics;

namespace AiStack.Console.Telemetry;

/// <summary>What the Console reports about itself, beside what ASP.NET Core does. docs/telemetry.md lists it.</summary>
internal sealed class ConsoleTelemetry : IDisposable
{
    public const string Name = "AiStack.Console";

    private readonly Meter _meter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _refusals;
    private readonly long[] _kept = new long[Enum.GetValues<TelemetrySignal>().Length];

    private Dictionary<string, int> _alerts = [];

    public ConsoleTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _received = _meter.CreateCounter<long>(
            "aistack.console.telemetry.received",
            unit: "{item}",
            description: "Spans, log records and metric points that were received.");
        _lost = _meter.CreateCounter<long>(
            "aistack.console.telemetry.lost",
            unit: "{item}",
            description: "Telemetry that was dropped, cut or folded, by reason.");
        _refusals = _meter.CreateCounter<long>(
            "aistack.console.telemetry.refusals",
            unit: "{request}",
            description: "Requests to the telemetry receivers that were refused, by reason.");
        _meter.CreateObservableGauge<long>(
            "aistack.console.telemetry.kept",
            Kept,
            unit: "{item}",
            description: "Spans, log records and metric series that are held.");
        _meter.CreateObservableGauge<long>(
            "aistack.console.alerts",
            () => _alerts.Select(
                alert => new Measurement<long>(alert.Value, new KeyValuePair<string, object?>("rule", alert.Key))),
            unit: "{alert}",
            description: "Alerts that stand, by rule.");
    }

    public void Received(TelemetrySignal signal, long items) => _received.Add(items, Tag(signal));

    public void Lost(TelemetrySignal signal, LossReason reason, long items) =>
        _lost.Add(items, Tag(signal), new("reason", Word(reason)));

    public void Refused(RefusalReason reason) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", Word(reason)));

    public void Keeps(TelemetrySignal signal, long items) => Interlocked.Exchange(ref _kept[(int)signal], items);

    /// <summary>How many alerts of each rule stand. One that had some and has none now is told of as 0.</summary>
    public void Alerts(IReadOnlyDictionary<string, int> standing) =>
        _alerts = _alerts.Keys.Union(standing.Keys)
            .ToDictionary(rule => rule, rule => standing.GetValueOrDefault(rule));

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Kept() =>
        Enum.GetValues<TelemetrySignal>().Select(signal =>
            new Measurement<long>(Interlocked.Read(ref _kept[(int)signal]), Tag(signal)));

    private static KeyValuePair<string, object?> Tag(TelemetrySignal signal) => new("signal", signal switch
    {
        TelemetrySignal.Traces => "traces",
        TelemetrySignal.Logs => "logs",
        _ => "metrics",
    });

    private static string Word(LossReason reason) => reason switch
    {
        LossReason.MadeRoom => "made_room",
        LossReason.TraceFull => "trace_full",
        LossReason.SeriesLimit => "series_limit",
        LossReason.ValueCut => "value_cut",
        LossReason.TooMany => "too_many",
        LossReason.Duplicate => "duplicate",
        LossReason.Invalid => "invalid",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    private static string Word(RefusalReason reason) => reason switch
    {
        RefusalReason.Key => "key",
        RefusalReason.TooLarge => "too_large",
        RefusalReason.Malformed => "malformed",
        RefusalReason.Busy => "busy",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
