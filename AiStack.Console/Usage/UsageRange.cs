using AiStack.Console.Frame;

namespace AiStack.Console.Usage;

/// <summary>How far back a page looks, in buckets that begin with the person's own hours and days.</summary>
/// <param name="Width">What the API calls the width of a bucket.</param>
internal sealed record UsageRange(string Name, string Title, string Width, int Count)
{
    private const string Minutes = "1m";
    private const string Hours = "1h";
    private const string Days = "1d";
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    public static IReadOnlyList<UsageRange> All { get; } =
    [
        new("hour", "Last hour", Minutes, 60),
        new("day", "Last 24 hours", Hours, 24),
        new("week", "Last 7 days", Days, 7),
        new("month", "Last 30 days", Days, 30),
    ];

    /// <summary>The range of a name; of a name that there is not, the last day.</summary>
    public static UsageRange Of(string? name) => All.FirstOrDefault(range => range.Name == name) ?? All[1];

    /// <summary>How the start of a bucket is written.</summary>
    public string Format => Width == Days ? "ddd d MMM" : Width == Hours ? "ddd HH:mm" : "HH:mm";

    /// <summary>When its first bucket begins; the last one is under way.</summary>
    public DateTimeOffset Start(PersonalClock clock) => Width switch
    {
        Minutes => clock.Now.AddTicks(-(clock.Now.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(1 - Count),
        Hours => clock.Hour(clock.Now).AddHours(1 - Count),
        _ => clock.Midnight(clock.Today.AddDays(1 - Count)),
    };

    /// <summary>
    /// The range as the API can count it, whose days all have 24 hours: a day of the person's on which the clocks
    /// change is a stretch of its own.
    /// </summary>
    public IReadOnlyList<UsageStretch> Stretches(PersonalClock clock)
    {
        if (Width != Days)
        {
            return [new(Start(clock), Width, Count)];
        }

        List<UsageStretch> stretches = [];
        for (var day = clock.Today.AddDays(1 - Count); day <= clock.Today; day = day.AddDays(1))
        {
            var (start, end) = (clock.Midnight(day), clock.Midnight(day.AddDays(1)));
            if (end - start != _day)
            {
                stretches.Add(new(start, "all", 1, end));
            }
            else if (stretches is [.., { End: null } last])
            {
                stretches[^1] = last with { Count = last.Count + 1 };
            }
            else
            {
                stretches.Add(new(start, Days, 1));
            }
        }

        return stretches;
    }
}

/// <summary>Buckets of one width after each other.</summary>
/// <param name="Start">When the first begins.</param>
/// <param name="Width">What the API calls their width: <c>1m</c>, <c>1h</c>, <c>1d</c>, or <c>all</c> for a single one.
/// </param>
/// <param name="Count">How many there are.</param>
/// <param name="End">When the single one ends, which has no width of its own.</param>
internal sealed record UsageStretch(DateTimeOffset Start, string Width, int Count, DateTimeOffset? End = null);
