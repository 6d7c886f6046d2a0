using AiStack.Console.Frame;

namespace AiStack.Console.Usage;

/// <summary>How far back the page looks, in buckets that begin with the person's own hours and days.</summary>
internal sealed record UsageRange(string Name, string Title, bool IsHours, int Count)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static IReadOnlyList<UsageRange> All { get; } =
    [
        new("day", "Last 24 hours", IsHours: true, 24),
        new("week", "Last 7 days", IsHours: false, 7),
        new("month", "Last 30 days", IsHours: false, 30),
    ];

    /// <summary>When its first bucket begins; the last one is under way.</summary>
    public DateTimeOffset Start(PersonalClock clock) => IsHours
        ? clock.Hour(clock.Now).AddHours(1 - Count)
        : clock.Midnight(clock.Today.AddDays(1 - Count));

    /// <summary>
    /// The range as the API can count it, whose days all have 24 hours: a day of the person's on which the clocks
    /// change is a stretch of its own.
    /// </summary>
    public IReadOnlyList<UsageStretch> Stretches(PersonalClock clock)
    {
        if (IsHours)
        {
            return [new(Start(clock), "1h", Count)];
        }

        List<UsageStretch> stretches = [];
        for (var day = clock.Today.AddDays(1 - Count); day <= clock.Today; day = day.AddDays(1))
        {
            var (start, end) = (clock.Midnight(day), clock.Midnight(day.AddDays(1)));
            if (end - start != Day)
            {
                stretches.Add(new(start, "all", 1, end));
            }
            else if (stretches is [.., { End: null } last])
            {
                stretches[^1] = last with { Count = last.Count + 1 };
            }
            else
            {
                stretches.Add(new(start, "1d", 1));
            }
        }

        return stretches;
    }
}

/// <summary>Buckets of one width after each other.</summary>
/// <param name="Start">When the first begins.</param>
/// <param name="Width">What the API calls their width: <c>1h</c>, <c>1d</c>, or <c>all</c> for a single one.</param>
/// <param name="Count">How many there are.</param>
/// <param name="End">When the single one ends, which has no width of its own.</param>
internal sealed record UsageStretch(DateTimeOffset Start, string Width, int Count, DateTimeOffset? End = null);
