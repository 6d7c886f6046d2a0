namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Finds where a table's columns begin and end.</summary>
internal static class PdfTableColumns
{
    /// <summary>So many of the rows may cross a gap: heads that stand over several columns.</summary>
    private const double MaxCrossing = 0.12;

    /// <summary>A column of numbers has as many numbers.</summary>
    private const double MinNumbers = 0.7;

    public static List<(double Start, double End)> Of(PdfZone zone)
    {
        var rows = zone.Rows.ConvertAll(row => row.Segments.ConvertAll(segment => (segment.Start, segment.End)));
        var columns = Covered(rows, 0.3 * zone.MinGap, (int)(MaxCrossing * rows.Count));
        return [.. columns.SelectMany(column => OfNumbers(column, zone))];
    }

    public static bool IsNumber(string text) =>
        text.Any(char.IsDigit) && text.Count(char.IsLetter) <= 3 && text.Count(char.IsLetter) < text.Length / 2.0;

    /// <summary>
    /// Columns of numbers may stand so near one another that no more than a space is between them.
    /// </summary>
    private static IEnumerable<(double Start, double End)> OfNumbers((double Start, double End) column, PdfZone zone)
    {
        var rows = zone.Rows.ConvertAll(row => row.Segments
            .Where(segment => segment.Start >= column.Start - 0.01 && segment.End <= column.End + 0.01)
            .SelectMany(segment => segment.Words).OrderBy(word => word.Start).ToList());
        rows.RemoveAll(row => row.Count < 2 || row.Count(word => IsNumber(word.Text)) * 2 < row.Count);
        if (rows.Count < 2)
        {
            return [column];
        }

        var parts = Covered(rows.ConvertAll(row => row.ConvertAll(word => (word.Start, word.End))), 0.05, 0);
        var areNumbers = parts.Count > 1 && parts.TrueForAll(part => AreNumbers(part, rows))
            && !parts.Skip(1).Any(part => AreThousands(part, rows));
        return areNumbers ? [(column.Start, parts[0].End), .. parts[1..^1], (parts[^1].Start, column.End)] : [column];
    }

    private static bool AreNumbers((double Start, double End) part, List<List<PdfWord>> rows)
    {
        var words = rows.SelectMany(row => row)
            .Where(word => word.Start >= part.Start - 0.01 && word.End <= part.End + 0.01).ToList();
        return words.Count(word => IsNumber(word.Text)) >= MinNumbers * words.Count && words.Count >= rows.Count / 2;
    }

    // 12 500,00 is one number.
    private static bool AreThousands((double Start, double End) part, List<List<PdfWord>> rows) =>
        rows.SelectMany(row => row).Where(word => word.Start >= part.Start - 0.01 && word.End <= part.End + 0.01)
            .All(word => word.Text.TakeWhile(char.IsDigit).Count() == 3
                && word.Text.Skip(3).All(c => char.IsDigit(c) || c is '.' or ',')
                && word.Text.Count(c => c == ',') < 2);

    /// <summary>The parts of a line that more than <paramref name="crossing"/> of the rows cover.</summary>
    private static List<(double Start, double End)> Covered(
        List<List<(double Start, double End)>> rows, double minGap, int crossing)
    {
        var edges = rows.SelectMany(row => row)
            .SelectMany(part => new (double At, int By)[] { (part.Start, 1), (part.End, -1) })
            .OrderBy(edge => edge.At).ThenByDescending(edge => edge.By);
        var parts = new List<(double Start, double End)>();
        var (depth, start) = (0, 0.0);
        foreach (var (at, by) in edges)
        {
            if (by > 0 && depth == crossing)
            {
                start = at;
            }
            else if (by < 0 && depth == crossing + 1)
            {
                if (parts is [.., var last] && start - last.End < minGap)
                {
                    parts[^1] = (last.Start, at);
                }
                else
                {
                    parts.Add((start, at));
                }
            }

            depth += by;
        }

        return parts;
    }
}
