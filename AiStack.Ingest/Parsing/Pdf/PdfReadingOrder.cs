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
            else if (PdfTable.Of(zone, isRightToLeft) is { } table)
            {
                blocks.Add(new([], table));
            }
            else
            {
                AddLines(blocks, zone.Rows);
            }
        }

        return blocks;
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
