namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>
/// Tells headings: what the document's outline names, what is larger than the text, and short bold lines that stand
/// above text that is not.
/// </summary>
internal sealed class PdfHeadings
{
    /// <summary>
    /// How much larger than the text a heading is. Below this it may be a caption, or a table's head.
    /// </summary>
    private const double Factor = 1.15;

    private const int MaxLength = 200;
    private const int MaxBoldLength = 100;
    private const int MaxLevel = 6;

    /// <summary>In the margin, a text as short is a page's number: xviii.</summary>
    private const int MaxPageNumber = 5;

    /// <summary>Where more of the text is bold than this, bold says nothing.</summary>
    private const double MaxBold = 0.25;

    private readonly PdfOutline _outline;
    private readonly Dictionary<double, int> _levels = [];
    private readonly double _textSize;
    private readonly bool _isBoldRare;

    public PdfHeadings(IReadOnlyList<PdfLine> lines, PdfOutline outline)
    {
        _outline = outline;
        var sizes = lines.Where(line => line.Kind == PdfLineKind.Text && line.Size > 0).GroupBy(line => line.Size)
            .Select(group => (Size: group.Key, Length: group.Sum(line => line.Text.Length))).ToList();
        if (sizes.Count == 0)
        {
            return;
        }

        _textSize = sizes.MaxBy(size => size.Length).Size;
        var larger = sizes.Where(size => size.Size >= _textSize * Factor).OrderByDescending(size => size.Size);
        foreach (var (size, _) in larger)
        {
            _levels[size] = Math.Min(_levels.Count + 1, MaxLevel);
        }

        var bold = lines.Where(line => line.IsBold && line.Size > 0).Sum(line => line.Text.Length);
        _isBoldRare = bold < MaxBold * sizes.Sum(size => size.Length);
    }

    /// <summary>Whether a line begins a heading of its own, and does not go on with the one above.</summary>
    public bool BeginsHeading(PdfLine line) =>
        _outline.LevelOf(line.Page, line.Text) is not null
        || (line.Before == PdfBreak.Paragraph && PdfMarkers.Depth(line.Text) > 0);

    /// <summary>The level of a line that is a heading, from 1; else null.</summary>
    public int? LevelOf(PdfLine line, PdfLine? next)
    {
        if (line.Kind != PdfLineKind.Text || line.Size == 0 || line.Text.Length > MaxLength
            || !line.Text.Any(char.IsLetter) || (line.Text.Length <= MaxPageNumber && PdfRepeats.IsInMargin(line)))
        {
            return null;
        }

        return _outline.LevelOf(line.Page, line.Text) is { } level ? Math.Min(level, MaxLevel)
            : _levels.TryGetValue(line.Size, out var larger) ? larger
            : IsBoldHeading(line, next) ? Math.Min(
                Math.Max(_levels.Count, _outline.Depth) + Math.Max(1, PdfMarkers.Depth(line.Text)), MaxLevel)
            : null;
    }

    private bool IsBoldHeading(PdfLine line, PdfLine? next) =>
        _isBoldRare && line.IsBold && line.Before == PdfBreak.Paragraph && line.Size > 0.95 * _textSize
        && !IsRunningHead(line) && !IsOfContents(line.Text)
        && line.Text.Length <= MaxBoldLength && line.Text[^1] is not ('.' or ',' or ';' or ':' or '-')
        && line.Text.Count(char.IsLetter) > 2
        && next is { Kind: PdfLineKind.Text or PdfLineKind.Table, Before: not PdfBreak.None };

    // Above the text of each page stands its chapter's title, mostly with the page's number before or behind it.
    private static bool IsRunningHead(PdfLine line) => PdfRepeats.IsInMargin(line)
        && (char.IsDigit(line.Text[^1]) || line.Text.Split(' ')[0].All(char.IsDigit)
            || line.Height is < 0.05 or > 0.95);

    // A numbered title with a number behind it is the table of contents': 2.1 Leave 14.
    private static bool IsOfContents(string text) => PdfMarkers.Depth(text) > 0 && char.IsDigit(text[^1]);
}
