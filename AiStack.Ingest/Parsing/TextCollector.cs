using System.Globalization;
using System.Text;

namespace AiStack.Ingest.Parsing;

/// <summary>
/// Gathers a document's text, paragraph by paragraph, with the pages and headings it comes under. What is gathered is
/// clean: no control characters, and white space that means something.
/// </summary>
internal sealed class TextCollector(ParsingOptions limits, string parser)
{
    private const int MaxHeadingLength = 300;
    private const int MaxPathLength = 600;

    /// <summary>The most pages and sections: each repeats the headings above it.</summary>
    private const int MaxAnchors = 100_000;
    private const int MaxIndent = 40;

    private readonly StringBuilder _text = new();
    private readonly List<Anchor> _anchors = [];
    private readonly SortedDictionary<int, string> _headings = [];
    private int? _page;
    private int _controls;

    /// <summary>What is said of the file beside its text.</summary>
    public ReportBuilder Report { get; } = new(parser);

    /// <summary>The text so far.</summary>
    public string Text => _text.ToString();

    public int Length => _text.Length;

    /// <summary>False when the limit of text was passed: the file itself fails then.</summary>
    public bool HasRoom => _text.Length <= limits.MaxTextLength;

    public ParsedDocument ToDocument()
    {
        var text = _text.ToString();
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new UnreadableDocumentException(UnreadableDocumentException.Invalid, "The file holds no text.");
        }

        // Pages without text at the end begin where no text is.
        while (_anchors is [.., var last] && last.Start >= text.Length)
        {
            _anchors.RemoveAt(_anchors.Count - 1);
        }

        Readability.Check(text, _controls, Report);
        return new(text, _anchors, Report.Build());
    }

    public void BeginPage(int page)
    {
        _page = page;
        AddAnchor();
    }

    /// <summary>Begins a section. Its heading is part of the text, too: people search for it.</summary>
    public void Heading(int level, string text)
    {
        var clean = new StringBuilder();
        Write(clean, text, Spacing.Words);
        if (clean.Length == 0)
        {
            return;
        }

        foreach (var deeper in _headings.Keys.Where(other => other >= level).ToList())
        {
            _headings.Remove(deeper);
        }

        var heading = clean.ToString();
        _headings[level] = Shorten(heading, MaxHeadingLength);
        AddAnchor();
        Append(heading, Spacing.Words);
    }

    /// <summary>Adds a paragraph of running text: line breaks in it are spaces.</summary>
    public void Paragraph(string text) => Append(text, Spacing.Words);

    /// <summary>Adds text whose lines mean something: a list, a table, or plain text.</summary>
    public void Lines(string text) => Append(text, Spacing.Lines);

    /// <summary>Adds text whose lines and indents mean something: code.</summary>
    public void Verbatim(string text) => Append(text, Spacing.Indents);

    /// <summary>Adds a table, each row a line of Markdown, below its names of columns if it has them.</summary>
    public void Table(TableText table)
    {
        Report.Tables += table.IsEmpty ? 0 : 1;
        Append(table.ToString(), Spacing.Lines);
    }

    /// <summary>Adds a document that was found in this one, below the headings that are open.</summary>
    public void Include(ParsedDocument part, string place)
    {
        var start = _text.Length == 0 ? 0 : _text.Length + 2;
        var above = Path();
        AddAnchor();
        foreach (var anchor in part.Anchors)
        {
            string[] headings = [.. new[] { above, anchor.Heading }.OfType<string>()];
            var path = headings.Length == 0 ? null : Shorten(string.Join(" > ", headings), MaxPathLength);
            AddAnchor(new(start + anchor.Start, anchor.Page ?? _page, path));
        }

        _ = _text.Length == 0 ? _text : _text.Append("\n\n");
        _text.Append(part.Text);
        Report.Include(part.Report, place);
        if (_text.Length > limits.MaxTextLength)
        {
            throw ParsingLimit.TextTooLong(limits);
        }
    }

    private void Append(string text, Spacing spacing)
    {
        var before = _text.Length;
        if (before > 0)
        {
            _text.Append("\n\n");
        }

        var start = _text.Length;
        Write(_text, text, spacing);
        if (_text.Length == start)
        {
            _text.Length = before;
        }

        if (_text.Length > limits.MaxTextLength)
        {
            throw ParsingLimit.TextTooLong(limits);
        }
    }

    private void AddAnchor() => AddAnchor(new(_text.Length == 0 ? 0 : _text.Length + 2, _page, Path()));

    private string? Path() =>
        _headings.Count == 0 ? null : Shorten(string.Join(" > ", _headings.Values), MaxPathLength);

    private void AddAnchor(Anchor anchor)
    {
        if (_anchors is [.., var last] && last.Start == anchor.Start)
        {
            _anchors.RemoveAt(_anchors.Count - 1);
        }

        if (_anchors.Count >= MaxAnchors)
        {
            throw ParsingLimit.Invalid($"The file has more than {MaxAnchors} pages and headings, which is the limit.");
        }

        _anchors.Add(anchor);
    }

    private static string Shorten(string text, int length) => text.Length <= length
        ? text
        : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>
    /// Writes text without control characters and needless white space; half of a surrogate pair is replaced.
    /// </summary>
    private void Write(StringBuilder target, string text, Spacing spacing)
    {
        var start = target.Length;
        var (line, gap) = (start, -1); // Where the line began, and where the white space before this character did.
        for (var i = 0; i < text.Length;)
        {
            var run = Plain(text.AsSpan(i));
            if (run > 0 || IsHalf(text, i))
            {
                Space(target, text, line, gap, i, spacing);
                _ = run > 0 ? target.Append(text, i, run) : target.Append('\uFFFD');
                (i, gap) = (i + Math.Max(run, 1), -1);
            }
            else if (text[i] == '\n' && spacing != Spacing.Words)
            {
                // One blank line parts paragraphs as well as five.
                if (target.Length > start && !(target[^1] == '\n' && target[^2] == '\n'))
                {
                    target.Append('\n');
                }

                (line, i, gap) = (target.Length, i + 1, -1);
            }
            else
            {
                gap = gap < 0 && char.IsWhiteSpace(text[i]) ? i : gap;
                _controls += char.IsControl(text[i]) && !char.IsWhiteSpace(text[i]) ? 1 : 0;
                i++;
            }
        }

        while (target.Length > start && target[^1] == '\n')
        {
            target.Length--;
        }
    }

    private static void Space(StringBuilder target, string text, int line, int gap, int end, Spacing spacing)
    {
        if (gap < 0)
        {
            return;
        }

        if (target.Length > line)
        {
            target.Append(' ');
        }
        else if (spacing == Spacing.Indents)
        {
            target.Append(text.AsSpan(gap, Math.Min(end - gap, MaxIndent)));
        }
    }

    /// <summary>How many of the first characters can be taken as they are.</summary>
    private static int Plain(ReadOnlySpan<char> text)
    {
        var i = 0;
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (c is > ' ' and < '\u007F')
            {
                continue;
            }

            // A single space between words is most of the white space there is.
            if (c == ' ' && i > 0 && i + 1 < text.Length && text[i + 1] is > ' ' and < '\u007F')
            {
                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(c) || char.IsWhiteSpace(c) || IsNoise(c))
            {
                break;
            }
        }

        return i;
    }

    // A soft hyphen or a zero-width space inside a word hides it from search.
    private static bool IsNoise(char c) =>
        char.IsControl(c) || c is '\u00AD' or '\u200B' or '\uFEFF'
        || (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.OtherNotAssigned && c >= '\uFFF0');

    private static bool IsHalf(string text, int i) =>
        (char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])))
        || (char.IsLowSurrogate(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1])));

    /// <summary>What of a text's white space means something.</summary>
    private enum Spacing
    {
        Words,
        Lines,
        Indents,
    }
}
