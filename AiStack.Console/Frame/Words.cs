using System.Globalization;

namespace AiStack.Console.Frame;

/// <summary>Numbers as people say them.</summary>
internal static class Words
{
    private static readonly string[] _units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>"1,200".</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 file", "1,200 files".</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>"512 B", "1.5 MB".</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 999.5 && unit < _units.Length - 1)
        {
            value /= 1_024;
            unit++;
        }

        var format = unit == 0 || value >= 99.5 ? "F0" : "0.#";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {_units[unit]}";
    }

    /// <summary>What was written; <c>null</c> when it is nothing.</summary>
    public static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>"340 ms", "2.1 s".</summary>
    public static string Duration(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");
}
