using System.Globalization;
using System.Text;

namespace AiStack.Ingest.Parsing;

/// <summary>
/// Gathers a document's text, paragraph by paragraph, with the pages and headings it comes under. What is gathered is
/// clean: no control characters, and white space that means something.
/// </summary>
internal sealed class TextCollector(ParsingOptions limits)
{
    private const int MaxHeadingLength = 300;

    private readonly StringBuilder _text = new();
    private readonly List<Anchor> _anchors = [];
    private readonly SortedDictionary<int, string> _headings = [];
    private int? _page;

    public ParsedDocument ToDocument()
    {
        var text = _text.ToString();
        return string.IsNullOrWhiteSpace(text)
            ? throw new UnreadableDocumentException(UnreadableDocumentException.Invalid, "The file holds no text.")
            : new(text, _anchors);
    }

    public void BeginPage(int page)
    {
        _page = page;
        AddAnchor();
    }

    /// <summary>Begins a section. Its heading is part of the text, too: people search for it.</summary>
    public void Heading(int level, string text)
    {
        var heading = Clean(text, keepLines: false);
        if (heading.Length == 0)
        {
            return;
        }

        foreach (var deeper in _headings.Keys.Where(other => other >= level).ToList())
        {
            _headings.Remove(deeper);
        }

        _headings[level] = heading.Length <= MaxHeadingLength ? heading : heading[..MaxHeadingLength];
        AddAnchor();
        Append(heading);
    }

    /// <summary>Adds a paragraph of running text: line breaks in it are spaces.</summary>
    public void Paragraph(string text) => Append(Clean(text, keepLines: false));

    /// <summary>Adds text whose lines mean something: a list, a table, code, or plain text.</summary>
    public void Lines(string text) => Append(Clean(text, keepLines: true));

    private void Append(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_text.Length + text.Length > limits.MaxTextLength)
        {
            throw new UnreadableDocumentException(
                UnreadableDocumentException.Invalid,
                $"The file holds more than {limits.MaxTextLength} characters of text, which is the limit.");
        }

        if (_text.Length > 0)
        {
            _text.Append("\n\n");
        }

        _text.Append(text);
    }

    private void AddAnchor()
    {
        var start = _text.Length == 0 ? 0 : _text.Length + 2;
        var heading = _headings.Count == 0 ? null : string.Join(" > ", _headings.Values);
        if (_anchors is [.., var last] && last.Start == start)
        {
            _anchors.RemoveAt(_anchors.Count - 1);
        }

        _anchors.Add(new(start, _page, heading));
    }

    /// <summary>Text without control characters and needless white space; half of a surrogate pair is replaced.</summary>
    private static string Clean(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        var space = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n' && keepLines)
            {
                TrimEnd(clean);
                clean.Append('\n');
                space = false;
            }
            else if (char.IsWhiteSpace(c))
            {
                space = true;
            }
            else if (!IsNoise(c))
            {
                if (space && clean.Length > 0 && clean[^1] != '\n')
                {
                    clean.Append(' ');
                }

                space = false;
                clean.Append(IsHalf(text, i) ? '\uFFFD' : c);
            }
        }

        return clean.ToString().Trim('\n');
    }

    private static void TrimEnd(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }
    }

    // A soft hyphen or a zero-width space inside a word hides it from search.
    private static bool IsNoise(char c) =>
        char.IsControl(c) || c is '\u00AD' or '\u200B' or '\uFEFF'
        || (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.OtherNotAssigned && c >= '\uFFF0');

    private static bool IsHalf(string text, int i) =>
        (char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])))
        || (char.IsLowSurrogate(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1])));
}
