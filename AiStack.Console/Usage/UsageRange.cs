using AiStack.Console.Frame;

namespace AiStack.Console.Usage;

/// <summary>How far back the page looks, in buckets that begin with the person's own hours and days.</summary>
internal sealed record UsageRange(string Name, string Title, string Width, int Count)
{
    public static IReadOnlyList<UsageRange> All { get; } =
    [
        new("day", "Last 24 hours", "1h", 24),
        new("week", "Last 7 days", "1d", 7),
        new("month", "Last 30 days", "1d", 30),
    ];

    /// <summary>When its first bucket begins; the last one is under way.</summary>
    public DateTimeOffset Start(PersonalClock clock) => Width == "1h"
        ? clock.Hour(clock.Now).AddHours(1 - Count)
        : clock.Midnight(clock.Now.AddDays(1 - Count));
}
