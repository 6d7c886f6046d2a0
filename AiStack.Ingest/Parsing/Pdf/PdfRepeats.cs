using System.Globalization;
using System.Text.RegularExpressions;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Leaves out, from their second page on, lines that stand at the same edge of several pages.</summary>
internal static partial class PdfRepeats
{
    /// <summary>The share of a page, above and below, where headers and footers stand.</summary>
    private const double Margin = 0.1;

    /// <summary>On so many pages a line at the edge is a header or a footer.</summary>
    private const int Repeats = 3;

    /// <summary>The page's number is among the first of a line.</summary>
    private const int MaxNumbers = 4;

    /// <param name="left">How many lines were left out.</param>
    public static List<PdfLine> Without(IReadOnlyList<PdfLine> lines, out int left)
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
            else if (repeated.Count(seen.Add) == repeated.Count)
            {
                // However large it is, it heads nothing.
                shown.Add(line with { Size = 0, Before = PdfBreak.Paragraph, IsBold = false });
            }
        }

        left = lines.Count - shown.Count;
        return shown;
    }

    /// <summary>Whether a line stands where headers and footers do.</summary>
    public static bool IsInMargin(PdfLine line) => line.Height is < Margin or > 1 - Margin;

    private static bool IsAtEdge(PdfLine line) => line.Kind == PdfLineKind.Aside
        || (line.Kind == PdfLineKind.Text && line.Size > 0 && IsInMargin(line));

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
            var offset = int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) - line.Page;
            yield return $"{place}{line.Text[..number.Index]}{{{offset}}}{line.Text[(number.Index + number.Length)..]}";
        }
    }

    [GeneratedRegex("[0-9]{1,6}", RegexOptions.None, 1_000)]
    private static partial Regex Number();
}
