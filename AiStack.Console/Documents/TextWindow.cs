namespace AiStack.Console.Documents;

/// <summary>
/// A piece of a document's text as it is shown: plain, marked as quoted, or the title of a page or section.
/// </summary>
internal enum PieceKind
{
    Plain,
    Quote,
    Title,
}

internal readonly record struct Piece(PieceKind Kind, string Text);

/// <summary>
/// The part of a document that is shown, so that a long book opens as fast as a letter.
/// </summary>
internal sealed class TextWindow
{
    private const int Before = 4_000;
    private const int After = 12_000;
    private const int Step = 16_000;
    private const int MaxTitles = 500;
    private readonly DocumentText _document;
    private readonly int _quoteStart;
    private readonly int _quoteEnd;

    /// <summary>Shows what is around the quote; a quote outside the text is left out.</summary>
    public TextWindow(DocumentText document, int? quoteStart, int? quoteEnd)
    {
        _document = document;
        var length = document.Text.Length;
        _quoteStart = Math.Clamp(quoteStart ?? 0, 0, length);
        _quoteEnd = Math.Clamp(quoteEnd ?? _quoteStart, _quoteStart, length);
        Start = LineStart(_quoteStart - Before);
        End = LineEnd(_quoteEnd + After);
    }

    public int Start { get; private set; }

    public int End { get; private set; }

    public bool HasEarlier => Start > 0;

    public bool HasLater => End < _document.Text.Length;

    public bool HasQuote => _quoteEnd > _quoteStart;

    public void ShowEarlier() => Start = LineStart(Start - Step);

    public void ShowLater() => End = LineEnd(End + Step);

    /// <summary>What is shown, in order.</summary>
    public IEnumerable<Piece> Pieces()
    {
        var at = Start;
        foreach (var anchor in TitlesShown())
        {
            foreach (var piece in Between(at, anchor.Start))
            {
                yield return piece;
            }

            yield return new(PieceKind.Title, Anchor.Title(anchor.Page, null)!);
            at = Math.Max(at, anchor.Start);
        }

        foreach (var piece in Between(at, End))
        {
            yield return piece;
        }
    }

    // Headings stand in the text already; pages do not. A page that begins inside the quote is not worth cutting it.
    private IEnumerable<Anchor> TitlesShown() => (_document.Anchors ?? [])
        .Where(anchor => anchor.Page is not null && anchor.Start >= Start && anchor.Start < End)
        .Where(anchor => anchor.Start <= _quoteStart || anchor.Start >= _quoteEnd)
        .DistinctBy(anchor => anchor.Page)
        .OrderBy(anchor => anchor.Start)
        .Take(MaxTitles);

    private IEnumerable<Piece> Between(int start, int end)
    {
        var quoteStart = Math.Clamp(_quoteStart, start, end);
        var quoteEnd = Math.Clamp(_quoteEnd, quoteStart, end);
        (PieceKind Kind, int Start, int End)[] parts =
        [
            (PieceKind.Plain, start, quoteStart),
            (PieceKind.Quote, quoteStart, quoteEnd),
            (PieceKind.Plain, quoteEnd, end),
        ];
        return parts.Where(part => part.End > part.Start)
            .Select(part => new Piece(part.Kind, _document.Text[part.Start..part.End]));
    }

    private int LineStart(int position) =>
        position <= 0 ? 0 : Whole(_document.Text.LastIndexOf('\n', position) + 1, position);

    private int LineEnd(int position)
    {
        if (position >= _document.Text.Length)
        {
            return _document.Text.Length;
        }

        var line = _document.Text.IndexOf('\n', position);
        return Whole(line < 0 ? _document.Text.Length : line, position);
    }

    // Where lines are endless the cut is at the position itself, but never inside a letter of two code units.
    private int Whole(int cut, int position) => Math.Abs(cut - position) <= Step ? cut
        : char.IsLowSurrogate(_document.Text[position]) ? position - 1 : position;
}
