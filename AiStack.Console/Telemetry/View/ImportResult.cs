using AiStack.Console.Frame;

namespace AiStack.Console.Telemetry.View;

/// <summary>What came of an imported file.</summary>
/// <param name="Rejected">How much of it broke OpenTelemetry's rules.</param>
/// <param name="Reason">Why, for the last of it.</param>
/// <param name="Failure">Why nothing of it is kept.</param>
public sealed record ImportResult(
    int Spans = 0, int Logs = 0, int Points = 0, int Rejected = 0, string? Reason = null, string? Failure = null)
{
    /// <summary>"Imported 12 spans and 3 log records."</summary>
    public string Summary
    {
        get
        {
            string[] kinds =
            [
                .. Of(Spans, "span"), .. Of(Logs, "log record"), .. Of(Points, "metric point"),
            ];
            var imported = kinds.Length == 0 ? "Imported nothing." : $"Imported {string.Join(" and ", kinds)}.";
            return Rejected == 0 ? imported : $"{imported} {Words.Count(Rejected, "item")} broke the rules: {Reason}";
        }
    }

    private static string[] Of(int count, string noun) => count == 0 ? [] : [Words.Count(count, noun)];
}
