using System.Diagnostics.Metrics;

namespace AiStack.Evals;

/// <summary>Everything Evals reports about itself. The names are a contract: docs/telemetry.md lists them.</summary>
internal sealed class EvalsTelemetry : IDisposable
{
    public const string Name = "AiStack.Evals";

    private readonly Meter _meter;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _items;
    private readonly Counter<long> _feedback;
    private readonly Counter<long> _alerts;

    public EvalsTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _runs = _meter.CreateCounter<long>(
            "aistack.evals.run.count", unit: "{run}", description: "Runs, by the state they reached.");
        _items = _meter.CreateHistogram<double>(
            "aistack.evals.item.duration",
            unit: "s",
            description: "How long the answers to items took, by what came of them.",
            advice: new() { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] });
        _feedback = _meter.CreateCounter<long>(
            "aistack.evals.feedback",
            unit: "{verdict}",
            description: "Verdicts on answers, and whether they came with a correction.");
        _alerts = _meter.CreateCounter<long>(
            "aistack.evals.alert.count", unit: "{alert}", description: "Alerts that opened or resolved, by rule.");
    }

    /// <summary>A run is queued, completed, failed or canceled.</summary>
    public void RunReached(string status) => _runs.Add(1, new KeyValuePair<string, object?>("run.status", status));

    /// <summary>An item passed, failed its criteria, or ended in an error.</summary>
    public void ItemFinished(string outcome, TimeSpan latency) =>
        _items.Record(latency.TotalSeconds, new KeyValuePair<string, object?>("item.outcome", outcome));

    /// <summary>A person judged an answer, and perhaps said what it should have been.</summary>
    public void FeedbackGiven(string verdict, bool isCorrected) => _feedback.Add(
        1,
        new KeyValuePair<string, object?>("feedback.verdict", verdict),
        new KeyValuePair<string, object?>("feedback.corrected", isCorrected));

    /// <summary>An alert opened or resolved.</summary>
    public void AlertChanged(string rule, string state) => _alerts.Add(
        1,
        new KeyValuePair<string, object?>("alert.rule", rule),
        new KeyValuePair<string, object?>("alert.state", state));

    public void Dispose() => _meter.Dispose();
}
