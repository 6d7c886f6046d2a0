using System.Globalization;
using AiStack.Ingest.Parsing.Tables;
using AngleSharp.Dom;

namespace AiStack.Ingest.Parsing.Web;

/// <summary>
/// Reads a table whose cells may be merged: the value of a merged cell stands in each row and column that it covers,
/// and names above one another become one: <c>2023 net</c>.
/// </summary>
internal sealed class HtmlTable
{
    private const int MaxColumns = 1_000;
    private const int MaxCells = 2_000_000;

    private readonly CellGrid _grid = new(MaxColumns, MaxCells);
    private readonly int _headerRows;

    public HtmlTable(
        IElement table, Func<IElement, string> inline, HtmlVisibility visibility, CancellationToken cancellationToken)
    {
        Titles.AddRange(table.QuerySelectorAll("caption").Where(visibility.Shows).Select(inline));
        var isHead = true;
        foreach (var row in table.QuerySelectorAll("tr").Where(row => IsSeen(row, table, visibility)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cells = row.Children.Where(cell => cell.LocalName is "td" or "th" && visibility.Shows(cell)).ToList();
            _grid.AddRow(cells.Select(cell => new GridCell(
                inline(cell), Span(cell, "colspan"), Span(cell, "rowspan"))));
            isHead &= row.ParentElement?.LocalName == "thead" || (cells.Count > 0 && cells.All(IsName));
            _headerRows += isHead ? 1 : 0;
        }
    }

    /// <summary>What stands above the names of columns: a caption, or, once it is a text, a row of one cell.</summary>
    public List<string> Titles { get; } = [];

    public TableText ToText() => _grid.ToText(_headerRows, Titles);

    private static bool IsName(IElement cell) => cell.LocalName == "th";

    private static bool IsSeen(IElement row, IElement table, HtmlVisibility visibility) =>
        visibility.Shows(row)
        && (row.ParentElement is not { } group || group == table || visibility.Shows(group));

    private static int Span(IElement cell, string name) =>
        int.TryParse(cell.GetAttribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var span)
            ? Math.Clamp(span, 1, MaxColumns)
            : 1;
}
