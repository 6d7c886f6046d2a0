namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>A part of a page in which lines follow one another, or a table.</summary>
internal sealed record PdfBlock(List<PdfSegment> Lines, PdfTable? Table = null);

/// <summary>
/// Finds the order in which a page is read. Rows are gathered from the top as long as a gap runs down through all of
/// them; what such a gap parts are columns of text, read one after another, or of a table, read row by row.
/// </summary>
internal sealed class PdfReadingOrder(bool isRightToLeft)
{
    /// <summary>Columns in columns in columns are none.</summary>
    private const int MaxDepth = 4;

    public List<PdfBlock> Read(IReadOnlyList<PdfSegment> segments) => Read(segments, 0);

    private List<PdfBlock> Read(IReadOnlyList<PdfSegment> segments, int depth)
    {
        var blocks = new List<PdfBlock>();
        foreach (var zone in PdfZone.Of(PdfRow.Of(segments)))
        {
            var groups = depth < MaxDepth && zone.IsParted ? PdfColumns.Groups(zone, zone.Columns()) : [];
            if (groups.Count == 0)
            {
                AddLines(blocks, zone.Rows);
            }
            else if (groups.Count > 1)
            {
                var inOrder = isRightToLeft ? groups.AsEnumerable().Reverse() : groups;
                blocks.AddRange(inOrder.SelectMany(column => Read(column, depth + 1)));
            }
            else
            {
                AddTable(blocks, zone);
            }
        }

        return blocks;
    }

    /// <summary>Lines that stand alone above a table are its title, and those below it its notes.</summary>
    private void AddTable(List<PdfBlock> blocks, PdfZone zone)
    {
        var (first, end) = (0, zone.Rows.Count);
        while (first < end && zone.Rows[first].Segments.Count == 1)
        {
            first++;
        }

        while (end > first && zone.Rows[end - 1].Segments.Count == 1 && zone.Columns().Count > 2)
        {
            end--;
        }

        AddLines(blocks, zone.Rows[..first]);
        var rows = zone.Of(first, end);
        if (PdfTable.Of(rows, isRightToLeft) is { } table)
        {
            blocks.Add(new([], table));
        }
        else
        {
            AddLines(blocks, rows.Rows);
        }

        AddLines(blocks, zone.Rows[end..]);
    }

    private void AddLines(List<PdfBlock> blocks, IEnumerable<PdfRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.Segments.Find(segment => segment.Table is not null) is { Table: { } table })
            {
                blocks.Add(new([], table));
                row.Segments.RemoveAll(segment => segment.Table is not null);
            }

            if (row.Segments.Count > 0)
            {
                if (blocks is not [.., { Table: null }])
                {
                    blocks.Add(new([]));
                }

                blocks[^1].Lines.Add(row.Line(isRightToLeft));
            }
        }
    }
}
