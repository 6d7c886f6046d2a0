using System.Globalization;
using AiStack.Console.Charts;

namespace AiStack.Console.Telemetry.View;

/// <summary>Lengths of time, as pages show them and as people and addresses write them.</summary>
internal static class TimeText
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(1_000);

    /// <summary>What the units are called, the shortest first, and how many ticks of 100 ns they have.</summary>
    private static readonly (string[] Names, long Ticks)[] _units =
    [
        (["us", "µs", "μs"], TimeSpan.TicksPerMicrosecond),
        (["ms", ""], TimeSpan.TicksPerMillisecond),
        (["s", "sec"], TimeSpan.TicksPerSecond),
        (["m", "min"], TimeSpan.TicksPerMinute),
        (["h"], TimeSpan.TicksPerHour),
        (["d"], TimeSpan.TicksPerDay),
    ];

    /// <summary>"45.6 µs", "340 ms", "2.1 s".</summary>
    public static string Short(TimeSpan time) => ChartValue.Text(time.TotalSeconds, "s");

    /// <summary>
    /// Reads "250", "250ms", "1.5 s" or "2 min"; a number alone is milliseconds. Nothing below zero,
    /// nothing past 1,000 days.
    /// </summary>
    public static bool TryParse(string? text, out TimeSpan time)
    {
        time = default;
        var word = text?.Trim() ?? "";
        var digits = word.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzµμ ").Length;
        var name = word[digits..].Trim();
        var unit = Array.Find(_units, unit => unit.Names.Contains(name));
        if (unit.Ticks == 0
            || !decimal.TryParse(
                word.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > (decimal)_longest.Ticks / unit.Ticks)
        {
            return false;
        }

        time = new((long)(number * unit.Ticks));
        return true;
    }

    /// <summary>
    /// The time in the largest unit that holds it whole, so that <see cref="TryParse"/> reads
    /// back the same: "90s", "15m".
    /// </summary>
    public static string ToAddress(TimeSpan time)
    {
        var unit = Array.FindLast(_units, unit => time.Ticks % unit.Ticks == 0 && time.Ticks >= unit.Ticks);
        return unit.Ticks == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{(decimal)time.Ticks / TimeSpan.TicksPerMicrosecond}us")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / unit.Ticks}{unit.Names[0]}");
    }
}
