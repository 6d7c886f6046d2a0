using AiStack.Ingest.Parsing.Tables;
using DocumentFormat.OpenXml.Wordprocessing;

namespace AiStack.Ingest.Parsing.Word;

/// <summary>Reads a table of Word, whose merged cells go on in empty ones below.</summary>
internal sealed class DocxTable(Func<TableCell, string> text, CancellationToken cancellationToken)
{
    private const int MaxColumns = 500;
    private const int MaxCells = 2_000_000;

    private readonly CellGrid _grid = new(MaxColumns, MaxCells);

    /// <summary>The text of the merged cells above, by column.</summary>
    private readonly Dictionary<int, string> _above = [];
    private int _headerRows;
    private bool _isHead = true;

    public List<string> Titles { get; } = [];

    public void Add(TableRow row, IEnumerable<TableCell> cells)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var places = new List<GridCell>();
        var column = row.TableRowProperties?.GetFirstChild<GridBefore>()?.Val?.Value ?? 0;
        column = Math.Clamp(column, 0, MaxColumns);
        places.AddRange(Enumerable.Repeat(new GridCell(""), column));
        foreach (var cell in cells)
        {
            var span = Math.Clamp(cell.TableCellProperties?.GridSpan?.Val?.Value ?? 1, 1, MaxColumns);
            places.Add(new(Text(cell, column), span));
            column += span;
        }

        _isHead &= row.TableRowProperties?.GetFirstChild<TableHeader>() is { } mark
            && mark.Val?.InnerText is null or "on" or "1" or "true";
        _headerRows += _isHead ? 1 : 0;
        _grid.AddRow(places);
    }

    public TableText ToText() => _grid.ToText(_headerRows, Titles, expectsHeader: true);

    private string Text(TableCell cell, int column)
    {
        var merge = cell.TableCellProperties?.VerticalMerge;
        if (merge is null)
        {
            _above.Remove(column);
            return text(cell);
        }

        if (merge.Val?.InnerText == "restart")
        {
            return _above[column] = text(cell);
        }

        return _above.GetValueOrDefault(column) ?? text(cell);
    }
}
