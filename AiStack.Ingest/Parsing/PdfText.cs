using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AiStack.Ingest.Parsing;

/// <summary>
/// Makes a document's text of its lines: paragraphs, headings by the size of their letters, words that were hyphenated
/// at the end of a line whole again, and what stands at the edge of every page only once.
/// </summary>
internal sealed partial class PdfText(IReadOnlyList<PdfLine> lines, int pages)
{
    /// <summary>
    /// How much larger than the text a heading is. Below this it may be a caption, or a table's head.
    /// </summary>
    private const double HeadingFactor = 1.15;

    private const int MaxHeadingLength = 200;
    private const int MaxHeadingLines = 3;
    private const int MaxHeadingLevels = 6;

    /// <summary>The share of a page, above and below, where headers and footers stand.</summary>
    private const double Margin = 0.1;

    /// <summary>On so many pages a line at the edge is a header or a footer.</summary>
    private const int Repeats = 3;

    /// <summary>The page's number is among the first of a line.</summary>
    private const int MaxNumbers = 4;

    private readonly StringBuilder _open = new();

    public void WriteTo(TextCollector collector)
    {
        var shown = WithoutRepeats();
        var levels = HeadingLevels(shown);
        var words = new Lazy<HashSet<string>>(() => Words(shown));
        var next = 0;
        for (var page = 1; page <= pages; page++)
        {
            collector.BeginPage(page);
            while (next < shown.Count && shown[next].Page == page)
            {
                next = levels.TryGetValue(shown[next].Size, out var level) && IsHeading(shown[next])
                    ? AddHeading(shown, next, level, collector)
                    : AddLine(shown[next], next + 1, words, collector);
            }

            Flush(collector);
        }
    }

    private int AddLine(PdfLine line, int next, Lazy<HashSet<string>> words, TextCollector collector)
    {
        if (line.IsBlank)
        {
            Flush(collector);
        }
        else if (EndsInHyphen(_open) && char.IsLower(line.Text[0]))
        {
            Join(line.Text, words.Value);
        }
        else
        {
            _ = _open.Length > 0 ? _open.Append(' ') : _open;
            _open.Append(line.Text);
        }

        return next;
    }

    /// <summary>A heading may take several lines; they are of one size, one after another.</summary>
    private int AddHeading(List<PdfLine> shown, int first, int level, TextCollector collector)
    {
        Flush(collector);
        var next = first;
        while (next < shown.Count && IsHeading(shown[next])
            && shown[next].Size == shown[first].Size && shown[next].Page == shown[first].Page)
        {
            next++;
        }

        var text = string.Join(' ', shown[first..next].Select(line => line.Text));
        if (next - first <= MaxHeadingLines)
        {
            collector.Heading(level, text);
        }
        else
        {
            collector.Paragraph(text); // A table or a list in large letters.
        }

        return next;
    }

    private void Flush(TextCollector collector)
    {
        collector.Paragraph(_open.ToString());
        _open.Clear();
    }

    private static bool IsHeading(PdfLine line) =>
        line.Text.Length is > 0 and <= MaxHeadingLength && line.Text.Any(char.IsLetter);

    /// <summary>The sizes larger than the text's, the largest first.</summary>
    private static Dictionary<double, int> HeadingLevels(List<PdfLine> shown)
    {
        var sizes = shown.Where(line => line.Size > 0).GroupBy(line => line.Size)
            .Select(group => (Size: group.Key, Length: group.Sum(line => line.Text.Length))).ToList();
        if (sizes.Count == 0)
        {
            return [];
        }

        var text = sizes.MaxBy(size => size.Length).Size;
        return sizes.Where(size => size.Size >= text * HeadingFactor).OrderByDescending(size => size.Size)
            .Select((size, i) => (size.Size, Level: Math.Min(i + 1, MaxHeadingLevels)))
            .ToDictionary(size => size.Size, size => size.Level);
    }

    private static bool EndsInHyphen(StringBuilder text) =>
        text.Length > 1 && text[^1] is '-' or '\u2010' or '\u00AD' && char.IsLetter(text[^2]);

    /// <summary>
    /// The word is written as the document writes it elsewhere; if it does not, the hyphen was the line's.
    /// </summary>
    private void Join(string line, HashSet<string> words)
    {
        var start = _open.Length - 1;
        while (start > 0 && char.IsLetter(_open[start - 1]))
        {
            start--;
        }

        var end = 0;
        while (end < line.Length && char.IsLetter(line[end]))
        {
            end++;
        }

        var hyphenated = $"{_open.ToString(start, _open.Length - 1 - start)}-{line[..end]}";
        _open.Length--;
        _ = words.Contains(hyphenated.ToLowerInvariant()) ? _open.Append('-') : _open;
        _open.Append(line);
    }

    /// <summary>The hyphenated words within lines.</summary>
    private static HashSet<string> Words(List<PdfLine> shown) =>
        [.. shown.SelectMany(line => Hyphenated().Matches(line.Text)).Select(match => match.Value.ToLowerInvariant())];

    /// <summary>Leaves out, from their second page on, lines that stand at the same edge of several pages.</summary>
    private List<PdfLine> WithoutRepeats()
    {
        var count = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var key in lines.Where(IsAtEdge).SelectMany(Keys))
        {
            count[key] = count.GetValueOrDefault(key) + 1;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var shown = new List<PdfLine>(lines.Count);
        foreach (var line in lines)
        {
            var repeated = IsAtEdge(line) ? Keys(line).Where(key => count[key] >= Repeats).ToList() : [];
            if (repeated.Count == 0)
            {
                shown.Add(line);
            }
            else if (repeated.All(seen.Add))
            {
                shown.Add(line with { Size = 0 }); // However large it is, it heads nothing.
            }
        }

        return shown;
    }

    private static bool IsAtEdge(PdfLine line) =>
        !line.IsBlank && line.Size > 0 && line.Height is < Margin or > 1 - Margin;

    /// <summary>
    /// What is the same on every page: the line and its place; or, with one of its numbers counted from the page's.
    /// </summary>
    private static IEnumerable<string> Keys(PdfLine line)
    {
        var place = $"{line.Height:F2} {line.Size} ";
        var numbers = Number().Matches(line.Text);
        yield return place + line.Text;
        foreach (var number in numbers.Take(MaxNumbers))
        {
            var offset = int.Parse(number.Value, CultureInfo.InvariantCulture) - line.Page;
            yield return $"{place}{line.Text[..number.Index]}{{{offset}}}{line.Text[(number.Index + number.Length)..]}";
        }
    }

    [GeneratedRegex(@"\d{1,6}", RegexOptions.None, 1_000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\p{L}+-\p{L}+", RegexOptions.None, 1_000)]
    private static partial Regex Hyphenated();
}
