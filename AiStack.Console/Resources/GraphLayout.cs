namespace AiStack.Console.Resources;

/// <summary>A box of a drawn graph, by its middle.</summary>
internal sealed record GraphNode(string Name, double X, double Y);

/// <summary>A line of a drawn graph, by the points that it leads through.</summary>
internal sealed record GraphEdge(string From, string To, IReadOnlyList<(double X, double Y)> Points);

/// <summary>
/// A layered drawing, from left to right: each part stands to the left of all that it uses, and the parts of a
/// column are in the order that crosses the fewest lines. A line over several columns has a place in each.
/// </summary>
internal sealed class GraphLayout
{
    public const int ColumnWidth = 190;
    public const int RowHeight = 64;
    private const int Sweeps = 4;

    private readonly Dictionary<string, List<string>> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _column = new(StringComparer.Ordinal);
    private readonly List<List<string>> _columns;

    /// <summary>Lays out the parts and the lines between them; a line to what is no part is left out.</summary>
    public GraphLayout(IReadOnlyList<string> names, IReadOnlyList<(string From, string To)> uses)
    {
        var edges = uses.Where(edge => names.Contains(edge.From) && names.Contains(edge.To)).ToList();
        foreach (var name in names)
        {
            _next[name] = [.. edges.Where(edge => edge.From == name).Select(edge => edge.To)];
        }

        var last = names.Select(name => StepsToEnd(name, [])).DefaultIfEmpty(0).Max();
        _columns = [.. Enumerable.Range(0, last + 1).Select(_ => new List<string>())];
        foreach (var name in names)
        {
            Place(name, last - StepsToEnd(name, []));
        }

        edges.ForEach(edge => AddWaypoints(edge.From, edge.To));

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            Order(_columns.Skip(1), name => _next.Keys.Where(other => _next[other].Contains(name)));
            Order(_columns.SkipLast(1).Reverse(), name => _next[name]);
        }

        Nodes = [.. names.Select(name => new GraphNode(name, X(name), Y(name)))];
        Edges = [.. edges.Select(edge => new GraphEdge(edge.From, edge.To, Points(edge.From, edge.To)))];
    }

    public double Width => _columns.Count * ColumnWidth;

    public double Height => _columns.Max(column => column.Count) * RowHeight;

    public IReadOnlyList<GraphNode> Nodes { get; }

    public IReadOnlyList<GraphEdge> Edges { get; }

    // A circle of parts that use each other has no end; it is cut where it is entered.
    private int StepsToEnd(string name, HashSet<string> way) => way.Add(name)
        ? _next[name].Select(next => StepsToEnd(next, [.. way]) + 1).DefaultIfEmpty(0).Max()
        : -1;

    private void Place(string name, int column)
    {
        _column[name] = column;
        _columns[column].Add(name);
    }

    private static string Waypoint(string from, string to, int column) => $"{from}>{to}@{column}";

    private void AddWaypoints(string from, string to)
    {
        var before = from;
        for (var column = _column[from] + 1; column < _column[to]; column++)
        {
            var waypoint = Waypoint(from, to, column);
            Place(waypoint, column);
            _next[before].Remove(to);
            _next[before].Add(waypoint);
            _next[waypoint] = [to];
            before = waypoint;
        }
    }

    // Each goes to the middle of its neighbours in the column that is in order already.
    private void Order(IEnumerable<List<string>> columns, Func<string, IEnumerable<string>> neighbours)
    {
        foreach (var column in columns)
        {
            var middles = column.ToDictionary(
                name => name, name => neighbours(name).Select(Y).DefaultIfEmpty(Y(name)).Average());
            var ordered = column.OrderBy(name => middles[name]).ToList();
            column.Clear();
            column.AddRange(ordered);
        }
    }

    private double X(string name) => (_column[name] + 0.5) * ColumnWidth;

    private double Y(string name)
    {
        var column = _columns[_column[name]];
        return (Height / 2) + ((column.IndexOf(name) - ((column.Count - 1) / 2.0)) * RowHeight);
    }

    private List<(double X, double Y)> Points(string from, string to) =>
    [
        (X(from), Y(from)),
        .. Enumerable.Range(0, _columns.Count)
            .Where(column => column > _column[from] && column < _column[to])
            .Select(column => Waypoint(from, to, column))
            .Select(waypoint => (X(waypoint), Y(waypoint))),
        (X(to), Y(to)),
    ];
}
