using AiStack.Console.Charts;
using AiStack.Console.Frame;
using AiStack.Console.Telemetry;

namespace AiStack.Console.Alerts;

/// <summary>
/// Finds that telemetry was lost of late, by the counts of what was lost since the start. That the oldest goes for the
/// newest is how bounded memory works, and no loss; nor is what came twice.
/// </summary>
internal sealed class TelemetryLosses(TimeSpan window)
{
    private static readonly LossReason[] _reasons =
        [LossReason.TraceFull, LossReason.SeriesLimit, LossReason.TooMany, LossReason.Invalid];

    private readonly Queue<(DateTimeOffset At, long Lost)> _seen = new();

    public IEnumerable<AlertFinding> Find(TelemetryCounts counts, DateTimeOffset now)
    {
        var lost = counts.Signals.Sum(signal => _reasons.Sum(reason => signal.Lost.GetValueOrDefault(reason)))
            + counts.Refused.Sum(refused => refused.Value);
        while (_seen.TryPeek(out var first) && first.At < now - window)
        {
            _seen.Dequeue();
        }

        _seen.Enqueue((now, lost));
        var recent = lost - _seen.Peek().Lost;
        return recent == 0 ? [] :
        [
            new(
                "telemetry_lost",
                "",
                "Telemetry is lost",
                $"{Words.Count(recent, "item")} dropped in {ChartValue.Text(window.TotalSeconds, "s")}: "
                + "beyond a limit of the Console, or malformed.",
                "metrics"),
        ];
    }
}
