using System.Globalization;
using ExcelDataReader;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// Writes a cell as its reader sees it, as far as that changes what it means: dates, shares, leading zeros.
/// </summary>
internal static class ExcelValue
{
    public static string Text(IExcelDataReader reader, int column) => reader.GetValue(column) switch
    {
        null => "",
        string text => text.Trim(),
        bool value => value ? "TRUE" : "FALSE",
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        double number => Number(number, reader.GetNumberFormatString(column) ?? ""),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString() ?? "",
    };

    private static string Number(double number, string format)
    {
        if (format.Contains('%', StringComparison.Ordinal))
        {
            return (number * 100).ToString("0.##########", CultureInfo.InvariantCulture) + "%";
        }

        // A number of zeros keeps them: part 00042.
        var isPadded = format.Length is > 1 and < 20 && format.All(c => c == '0');
        return number.ToString(isPadded ? format : "G15", CultureInfo.InvariantCulture);
    }
}
