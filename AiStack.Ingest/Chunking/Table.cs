namespace AiStack.Ingest.Chunking;

/// <summary>A table in a text: rows on lines one below another, whose cells a bar parts.</summary>
/// <param name="HeadEnd">
/// Where its head ends: the first row, and the line that Markdown draws below it. A table of Markdown without that line
/// has no head.
/// </param>
internal readonly record struct Table(int Start, int HeadEnd, int End)
{
    private const string CellBorder = " | ";

    public static List<Table> AllIn(string text)
    {
        var tables = new List<Table>();
        var (start, headEnd, rows) = (0, 0, 0);
        for (var line = 0; line <= text.Length;)
        {
            var end = text.IndexOf('\n', line) is var found && found < 0 ? text.Length : found;
            var row = text.AsSpan(line, end - line);
            if (IsRow(row))
            {
                if (rows == 0)
                {
                    (start, headEnd) = (line, IsOfMarkdown(row) ? line : end);
                }
                else if (rows == 1 && IsRule(row))
                {
                    headEnd = end;
                }

                rows++;
            }
            else
            {
                AddIfTable(line);
                rows = 0;
            }

            line = end + 1;
        }

        AddIfTable(text.Length);
        return tables;

        void AddIfTable(int end)
        {
            if (rows > 1)
            {
                tables.Add(new(start, headEnd, end));
            }
        }
    }

    private static bool IsRow(ReadOnlySpan<char> line) =>
        line.Contains(CellBorder, StringComparison.Ordinal) || IsOfMarkdown(line);

    private static bool IsOfMarkdown(ReadOnlySpan<char> line) => line.Trim() is ['|', _, .., '|'];

    private static bool IsRule(ReadOnlySpan<char> line) => !line.ContainsAnyExcept("|-: ");
}
