namespace AiStack.Ingest.Parsing.Tables;

/// <summary>
/// Finds what parts the values of a CSV: the sign that parts most lines into the same number of values.
/// </summary>
internal static class CsvDelimiter
{
    private static readonly string[] _known = [",", ";", "\t", "|"];

    /// <summary>Excel's own line above the table: <c>sep=;</c>.</summary>
    public static string? Declared(string text)
    {
        var line = text.AsSpan(0, Math.Min(text.Length, 20));
        var end = line.IndexOfAny('\r', '\n');
        line = (end < 0 ? line : line[..end]).Trim('"');
        return line is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', _] ? line[^1..].ToString() : null;
    }

    public static string Detect(string text, int sampleLines)
    {
        var lines = Lines(text, sampleLines);
        var (best, bestScore) = (",", 0.0);
        foreach (var delimiter in _known)
        {
            var counts = lines.Select(line => Count(line, delimiter[0])).ToList();
            var usual = counts.Where(count => count > 0).GroupBy(count => count).MaxBy(group => group.Count());
            if (usual is null)
            {
                continue;
            }

            // Lines that agree count most; of signs that agree alike, the one that parts into more values.
            var score = ((double)usual.Count() / lines.Count) + (Math.Min(usual.Key, 50) / 1_000.0);
            if (score > bestScore || (Math.Abs(score - bestScore) < 0.05 && delimiter != "," && IsDecimal(lines, best)))
            {
                (best, bestScore) = (delimiter, score);
            }
        }

        return best;
    }

    /// <summary>True when the commas of lines are those of numbers: <c>1,50</c>.</summary>
    private static bool IsDecimal(List<string> lines, string delimiter)
    {
        var (inNumbers, all) = (0, 0);
        foreach (var line in lines.Where(_ => delimiter == ","))
        {
            for (var i = 1; i < line.Length - 1; i++)
            {
                all += line[i] == ',' ? 1 : 0;
                inNumbers += line[i] == ',' && char.IsAsciiDigit(line[i - 1]) && char.IsAsciiDigit(line[i + 1]) ? 1 : 0;
            }
        }

        return all > 0 && inNumbers == all;
    }

    private static int Count(string line, char delimiter)
    {
        var (count, isQuoted) = (0, false);
        foreach (var c in line)
        {
            isQuoted ^= c == '"';
            count += c == delimiter && !isQuoted ? 1 : 0;
        }

        return count;
    }

    private static List<string> Lines(string text, int count)
    {
        const int MaxLineLength = 4_000;
        var lines = new List<string>();
        using var reader = new StringReader(text);
        while (lines.Count < count && reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add(line.Length > MaxLineLength ? line[..MaxLineLength] : line);
            }
        }

        return lines;
    }
}
