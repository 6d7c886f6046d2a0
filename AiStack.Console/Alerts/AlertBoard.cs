using AiStack.Console.Telemetry;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Alerts;

/// <summary>
/// The alerts that stand. One stands once a rule has found it for a while, until it was not found for a while; both
/// are logged, and how many stand is a metric.
/// </summary>
internal sealed partial class AlertBoard(
    IOptions<AlertOptions> options, ConsoleTelemetry telemetry, TimeProvider time, ILogger<AlertBoard> logger)
{
    /// <summary>More alerts than these at once say nothing more.</summary>
    private const int MaxAlerts = 50;

    private readonly Dictionary<(string Rule, string Subject), Standing> _standing = [];

    /// <summary>Tells of every change.</summary>
    public TelemetryChanges Changes { get; } = new(time);

    /// <summary>What stands now, the oldest first.</summary>
    public IReadOnlyList<Alert> Alerts { get; private set; } = [];

    /// <summary>Takes in what the rules found now. Called by one caller at a time.</summary>
    public void Update(IEnumerable<AlertFinding> findings)
    {
        var now = time.GetUtcNow();
        foreach (var found in findings.Take(MaxAlerts))
        {
            var key = (found.Rule, found.Subject);
            var before = _standing.GetValueOrDefault(key);
            var since = before?.Alert.Since ?? now;
            var isRaised = before?.IsRaised == true || now - since >= options.Value.RaiseAfter;
            _standing[key] = new(
                new(found.Rule, found.Subject, found.Title, found.Detail, found.Href, since), now, isRaised);
            if (isRaised && before?.IsRaised != true)
            {
                Raised(logger, found.Rule, found.Title, found.Detail);
            }
        }

        var over = _standing.Where(
            pair => pair.Value.LastFound < now && now - pair.Value.LastFound > options.Value.ClearAfter);
        foreach (var (key, gone) in over.ToArray())
        {
            _standing.Remove(key);
            if (gone.IsRaised)
            {
                Cleared(logger, key.Rule, gone.Alert.Title, (now - gone.Alert.Since).TotalSeconds);
            }
        }

        var raised = _standing.Values.Where(standing => standing.IsRaised).Select(standing => standing.Alert);
        Show([.. raised.OrderBy(alert => alert.Since)]);
    }

    private void Show(IReadOnlyList<Alert> alerts)
    {
        telemetry.Alerts(alerts.CountBy(alert => alert.Rule).ToDictionary());
        if (!alerts.SequenceEqual(Alerts))
        {
            Alerts = alerts;
            Changes.Notify();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Alert {Rule}: {Title}. {Detail}")]
    private static partial void Raised(ILogger logger, string rule, string title, string detail);

    [LoggerMessage(2, LogLevel.Information, "Alert {Rule} is over: {Title}. It stood for {Seconds:F0} s.")]
    private static partial void Cleared(ILogger logger, string rule, string title, double seconds);

    private sealed record Standing(Alert Alert, DateTimeOffset LastFound, bool IsRaised);
}
