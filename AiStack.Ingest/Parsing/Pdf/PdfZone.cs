namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Rows one below another, through all of which the same gaps run down, or none.</summary>
internal sealed class PdfZone(double minGap)
{
    /// <summary>A row this far below, in the size of its letters, begins something else.</summary>
    private const double MaxStep = 3;

    /// <summary>What the rows cover, from left to right; parts that touch are one.</summary>
    private List<(double Start, double End)> _covered = [];

    public List<PdfRow> Rows { get; } = [];

    public double MinGap => minGap;

    /// <summary>Whether a gap parts at least two of the rows.</summary>
    public bool IsParted => _covered.Count > 1 && Rows.Count(row => Parts(row, _covered) > 1) > 1;

    public static List<PdfZone> Of(List<PdfRow> rows)
    {
        var sizes = rows.SelectMany(row => row.Segments).Select(segment => segment.Size).Order().ToList();
        var minGap = PdfLines.WideGap * (sizes.Count > 0 ? sizes[sizes.Count / 2] : 10);
        var zones = new List<PdfZone>();
        var zone = new PdfZone(minGap);
        foreach (var row in rows)
        {
            if (zone.Closes(row))
            {
                zones.Add(zone);
                var next = new PdfZone(minGap);
                next.Take(zone, row);
                zone = next;
            }

            zone.Add(row);
        }

        zones.Add(zone);
        return [.. zones.Where(found => found.Rows.Count > 0)];
    }

    /// <summary>The segments between the gaps, from left to right.</summary>
    public List<List<PdfSegment>> Columns()
    {
        var columns = _covered.ConvertAll(_ => new List<PdfSegment>());
        foreach (var segment in Rows.SelectMany(row => row.Segments))
        {
            columns[_covered.FindIndex(part => segment.Start < part.End + 0.01)].Add(segment);
        }

        return columns;
    }

    /// <summary>Some of the rows.</summary>
    public PdfZone Of(int first, int end)
    {
        var zone = new PdfZone(minGap);
        Rows[first..end].ForEach(zone.Add);
        return zone;
    }

    private void Add(PdfRow row)
    {
        Rows.Add(row);
        _covered = Union(_covered, row);
    }

    /// <summary>
    /// Whether a row fills the last gap that these have, or has gaps where these have none, or stands far below.
    /// </summary>
    private bool Closes(PdfRow row)
    {
        if (Rows.Count > 0 && Rows[^1].Baseline - row.Baseline > FarBelow())
        {
            return true;
        }

        var after = Union(_covered, row).Count;
        var own = Union([], row).Count;
        return Rows.Count > 0 && ((after == 1 && (_covered.Count > 1 || own > 1))
            || (own > after && Rows.TrueForAll(above => above.Segments.Count == 1)));
    }

    private double FarBelow()
    {
        const int Enough = 3;
        var size = MaxStep * Rows[^1].Size;
        var steps = Rows.Zip(Rows.Skip(1), (above, below) => above.Baseline - below.Baseline).ToList();
        return steps.Count < Enough ? size * 1.5 : Math.Max(size, 2 * steps.Order().ElementAt(steps.Count / 2));
    }

    /// <summary>The last rows of the zone above begin this one, if they leave the row's gaps open.</summary>
    private void Take(PdfZone above, PdfRow row)
    {
        var gaps = Union([], row);
        if (gaps.Count < 2 || above.Rows.Exists(other => other.Segments.Count > 1))
        {
            return;
        }

        var first = above.Rows.Count;
        while (first > 0 && Union(gaps, above.Rows[first - 1]).Count == gaps.Count)
        {
            gaps = Union(gaps, above.Rows[--first]);
        }

        foreach (var taken in above.Rows[first..])
        {
            Add(taken);
        }

        above.Rows.RemoveRange(first, above.Rows.Count - first);
    }

    private static int Parts(PdfRow row, List<(double Start, double End)> parts) =>
        parts.Count(part => row.Segments.Exists(segment => segment.Start < part.End && segment.End > part.Start));

    private List<(double Start, double End)> Union(List<(double Start, double End)> covered, PdfRow row)
    {
        var parts = new List<(double Start, double End)>();
        var all = covered.Concat(row.Segments.Select(segment => (segment.Start, segment.End)));
        foreach (var part in all.OrderBy(part => part.Item1))
        {
            if (parts is [.., var last] && part.Item1 - last.End < minGap)
            {
                parts[^1] = (last.Start, Math.Max(last.End, part.Item2));
            }
            else
            {
                parts.Add(part);
            }
        }

        return parts;
    }
}
