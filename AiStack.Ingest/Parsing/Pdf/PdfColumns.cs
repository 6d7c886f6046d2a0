namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Tells columns of running text from those of a table.</summary>
internal static class PdfColumns
{
    private const double MinWordsOfLine = 2.5;
    private const double MinFill = 0.5;

    /// <summary>Running text goes on in the next line: so many of its lines begin with a small letter.</summary>
    private const double MinSmallBeginnings = 0.2;

    private const double MinAligned = 0.6;

    /// <summary>
    /// Joins the columns of each table, so that what is left is read one after another. One group is a table.
    /// </summary>
    public static List<List<PdfSegment>> Groups(PdfZone zone, List<List<PdfSegment>> columns)
    {
        var groups = new List<List<PdfSegment>> { columns[0] };
        for (var i = 1; i < columns.Count; i++)
        {
            if (AreApart(zone, columns[i].Min(segment => segment.Start)))
            {
                groups.Add(columns[i]);
            }
            else
            {
                groups[^1] = [.. groups[^1], .. columns[i]];
            }
        }

        return groups.Count == 1 && AreText(zone, columns) ? columns : groups;
    }

    private static bool AreText(PdfZone zone, List<List<PdfSegment>> columns)
    {
        if (WereWrittenApart(columns))
        {
            return true;
        }

        var prose = columns.Where(IsProse).ToList();
        var share = (double)prose.Sum(Length) / columns.Sum(Length);
        return prose.Count > 1 && share > 0.6 && prose.Count <= 4 && !HasRowsOfParagraphs(zone, prose);
    }

    /// <summary>Columns of sentences that were written one after another are read so, however short they are.</summary>
    private static bool WereWrittenApart(List<List<PdfSegment>> columns)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var goesOn = columns[i].Exists(segment => char.IsLower(segment.Text.FirstOrDefault(char.IsLetterOrDigit)));
            if (!goesOn || (i > 0 && columns[i - 1].Max(segment => segment.Order) > columns[i].Min(
                segment => segment.Order)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether the lines on both sides of a gap stand where they like. Those of a table stand side by side, nearly all.
    /// </summary>
    private static bool AreApart(PdfZone zone, double start)
    {
        var (both, aligned, lefts, rights) = (0, 0, 0, 0);
        foreach (var row in zone.Rows)
        {
            var (left, right) = (row.Segments.FindLast(segment => segment.Start < start),
                row.Segments.Find(segment => segment.Start >= start));
            (lefts, rights) = (lefts + (left is null ? 0 : 1), rights + (right is null ? 0 : 1));
            if (left is not null && right is not null)
            {
                both++;
                aligned += Math.Abs(left.Baseline - right.Baseline) < 0.15 * Math.Max(left.Size, right.Size) ? 1 : 0;
            }
        }

        return aligned < MinAligned * both || both < MinAligned * Math.Min(lefts, rights);
    }

    private static int Length(List<PdfSegment> column) => column.Sum(segment => segment.Text.Length);

    private static bool IsProse(List<PdfSegment> column)
    {
        if (column.Count < 3)
        {
            return false;
        }

        var (start, end) = (column.Min(segment => segment.Start), column.Max(segment => segment.End));
        var fill = column.Average(segment => (segment.End - segment.Start) / Math.Max(end - start, 1));
        var first = column.Select(segment => segment.Text.FirstOrDefault(char.IsLetter)).Where(c => c != '\0').ToList();
        var cased = first.Where(c => char.IsLower(c) || char.IsUpper(c)).ToList();
        return cased.Count * 2 > first.Count
            ? fill > MinFill && column.Average(segment => segment.Words.Count) >= MinWordsOfLine
                && cased.Count(char.IsLower) >= MinSmallBeginnings * column.Count
            : fill > 0.75 && first.Count * 2 > column.Count;
    }

    /// <summary>
    /// A table of sentences: where one column has a space between paragraphs, so have the others.
    /// </summary>
    private static bool HasRowsOfParagraphs(PdfZone zone, List<List<PdfSegment>> columns)
    {
        var steps = columns.SelectMany(Steps).Order().ToList();
        var usual = steps.Count > 0 ? steps[steps.Count / 4] : 0;
        var starts = columns.ConvertAll(column => Starts(column, usual * 1.3));
        var together = starts[0].Count(start => starts.TrueForAll(
            other => other.Exists(at => Math.Abs(at - start) < 0.15 * usual)));
        return together >= 3 && together >= 0.6 * starts.Max(start => start.Count);
    }

    private static IEnumerable<double> Steps(List<PdfSegment> column) =>
        column.Zip(column.Skip(1), (above, below) => above.Baseline - below.Baseline);

    private static List<double> Starts(List<PdfSegment> column, double wide) =>
        [.. column.Where((segment, i) => i == 0 || column[i - 1].Baseline - segment.Baseline > wide)
            .Select(segment => segment.Baseline)];
}
