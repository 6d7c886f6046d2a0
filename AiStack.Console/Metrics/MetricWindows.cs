using System.Globalization;

namespace AiStack.Console.Metrics;

/// <summary>How far back a chart looks, and how long its buckets are.</summary>
internal static class MetricWindows
{
    /// <summary>Stands for everything that is kept.</summary>
    public const string Kept = "all";

    public static readonly TimeSpan Default = TimeSpan.FromMinutes(15);

    /// <summary>More points than these a chart of a usual width cannot show.</summary>
    private const int MaxBuckets = 150;

    /// <summary>How often services report: a shorter bucket would say nothing more.</summary>
    private static readonly TimeSpan _shortestStep = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _longest = TimeSpan.FromDays(2);

    private static readonly int[] _stepSeconds = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];

    public static IReadOnlyList<(string Name, string Title, TimeSpan Length)> All { get; } =
    [
        ("1m", "1 minute", TimeSpan.FromMinutes(1)),
        ("5m", "5 minutes", TimeSpan.FromMinutes(5)),
        ("15m", "15 minutes", Default),
        ("1h", "1 hour", TimeSpan.FromHours(1)),
        ("6h", "6 hours", TimeSpan.FromHours(6)),
        ("24h", "24 hours", TimeSpan.FromHours(24)),
    ];

    /// <summary>The length of a name; <c>null</c> is everything that is kept.</summary>
    public static TimeSpan? Parse(string? name) =>
        name == Kept ? null
        : All.Where(window => window.Name == name).Select(window => window.Length).DefaultIfEmpty(Default).First();

    public static string Name(TimeSpan? length) =>
        length is null ? Kept : All.First(window => window.Length == length).Name;

    /// <summary>Buckets that are as long as they must be for a window to have no more than a chart can show.</summary>
    public static TimeSpan Step(TimeSpan length)
    {
        var bounded = length < _longest ? length : _longest;
        var least = bounded / MaxBuckets;
        return least <= _shortestStep ? _shortestStep
            : TimeSpan.FromSeconds(
                _stepSeconds.FirstOrDefault(seconds => seconds >= least.TotalSeconds, _stepSeconds[^1]));
    }

    /// <summary>A moment of the address: seconds since 1970.</summary>
    public static DateTimeOffset? Moment(string? seconds) =>
        double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(value * 1_000))
            : null;
}
