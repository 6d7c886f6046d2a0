using System.Globalization;

namespace AiStack.Console.Charts;

/// <summary>
/// Numbers as charts and tables show them, by their UCUM unit. Chart.razor.js does the same in the browser.
/// </summary>
internal static class ChartValue
{
    public static string Text(double? value, string? unit) => value switch
    {
        null => "–",
        { } number => unit switch
        {
            "s" => Seconds(number),
            "%" => $"{Short(number)} %",
            "1" or "" or null => Short(number),
            _ => $"{Short(number)} "
                + unit.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal),
        },
    };

    /// <summary>"1.2 ms", "340 ms", "2.1 s", "3 min".</summary>
    private static string Seconds(double seconds) => Math.Abs(seconds) switch
    {
        0 => "0 s",
        < 0.001 => $"{Short(seconds * 1_000_000)} µs",
        < 1 => $"{Short(seconds * 1_000)} ms",
        < 120 => $"{Short(seconds)} s",
        _ => $"{Short(seconds / 60)} min",
    };

    private static string Short(double value)
    {
        var magnitude = Math.Abs(value);
        var format = magnitude switch
        {
            0 or >= 100 => "N0",
            >= 10 => "0.#",
            >= 0.1 => "0.##",
            >= 0.001 => "0.####",
            _ => "0.##e0",
        };
        return magnitude >= 1_000_000
            ? $"{(value / 1_000_000).ToString("0.#", CultureInfo.InvariantCulture)} M"
            : value.ToString(format, CultureInfo.InvariantCulture);
    }
}
