using System.Globalization;

namespace AiStack.Ingest.Parsing.Tables;

/// <summary>
/// Writes the tables of a CSV, which blank lines part. Lines of one value above a table are its title.
/// </summary>
internal sealed class CsvTable(TextCollector collector, CancellationToken cancellationToken)
{
    /// <summary>A preamble has a few lines.</summary>
    private const int MaxTitleLines = 10;
    private const int SampleRows = 40;

    /// <summary>The names of the table before, which goes on where a blank line is only that.</summary>
    private IReadOnlyList<string>? _names;

    /// <summary>A few lines of one or two values: a title if a wider table follows, else a table.</summary>
    private IReadOnlyList<IReadOnlyList<string>> _held = [];

    public void Add(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var width = UsualWidth(rows);
        Release(width);
        if (Continues(rows))
        {
            AddRows(_names!, rows);
            return;
        }

        if (rows.Count == 1 || (width <= 2 && rows.Count <= MaxTitleLines && _names is null))
        {
            _held = [.. rows];
            return;
        }

        var titles = rows.Take(MaxTitleLines).TakeWhile(row => width > 2 && Width(row) <= width / 2).ToList();
        AddLines(titles);
        rows = [.. rows.Skip(titles.Count)];
        if (rows.Count > 0)
        {
            AddBlock(rows, width);
        }
    }

    public void End() => Release(nextWidth: 0);

    private void Release(int nextWidth)
    {
        var held = _held;
        _held = [];
        if (held.Count <= 1 || nextWidth > 2)
        {
            AddLines(held); // A header alone is all there is to find.
        }
        else
        {
            AddBlock(held, UsualWidth(held));
        }
    }

    /// <summary>True when the blank line before these rows was only that: a line within a table.</summary>
    private bool Continues(IReadOnlyList<IReadOnlyList<string>> rows) =>
        _names is { } names && rows.All(row => row.Count == names.Count) && Width(rows[0]) > 1
        && !TableText.BeginsWithNames([.. rows.Take(SampleRows)], otherwise: false);

    private void AddBlock(IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        if (width == 1)
        {
            AddLines(rows);
        }
        else
        {
            AddTable(rows);
        }
    }

    private void AddTable(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        collector.Report.Tables++;
        if (TableText.BeginsWithNames([.. rows.Take(SampleRows)], otherwise: true))
        {
            _names = rows[0];
            AddRows(rows[0], rows.Skip(1));
            return;
        }

        collector.Report.Note("columns_without_names", "A table has no names of columns: they are numbered.");
        _names = [.. Enumerable.Range(1, rows.Max(row => row.Count)).Select(number => $"column {number}")];
        AddRows(_names, rows);
    }

    private void AddLines(IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            collector.Paragraph(Join(row));
        }
    }

    private void AddRows(IReadOnlyList<string> names, IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            collector.Paragraph(string.Join(
                "; ",
                row.Select((value, i) => (Value: value, Name: i < names.Count ? names[i] : ""))
                    .Where(cell => cell.Value.Length > 0)
                    .Select(cell => cell.Name.Length > 0
                        ? string.Create(CultureInfo.InvariantCulture, $"{cell.Name}: {cell.Value}")
                        : cell.Value)));
        }
    }

    /// <summary>Two lines of several values are a table, however many lines of one stand above.</summary>
    private static int UsualWidth(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = rows.Take(1_000).GroupBy(Width).Where(group => group.Key > 1 && group.Count() > 1).ToList();
        return widths.Count > 0 ? widths.MaxBy(group => group.Count())!.Key : rows.Take(1_000).Max(Width);
    }

    private static int Width(IReadOnlyList<string> row)
    {
        var width = row.Count;
        while (width > 0 && string.IsNullOrWhiteSpace(row[width - 1]))
        {
            width--;
        }

        return width;
    }

    private static string Join(IReadOnlyList<string> row) =>
        string.Join(", ", row.Where(value => !string.IsNullOrWhiteSpace(value)));
}
