using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>
/// Turns a page's letters into glyphs, grouped by the direction in which they are read: most pages have one. Marks are
/// put on their letters, ligatures are taken apart, and what is printed twice to look bold is taken once.
/// </summary>
internal static class PdfLetters
{
    /// <summary>Down the page: vertical Japanese and Chinese, and text turned to the right.</summary>
    private const int Down = -90;

    /// <summary>Letters this near in place, in their size, are one that was printed again.</summary>
    private const double Overprint = 0.1;

    /// <summary>Letters stacked one below another are vertical text from this many on.</summary>
    private const int MinStack = 3;

    /// <summary>The directions of a page in degrees, that of most letters first.</summary>
    public static List<(int Degrees, List<PdfGlyph> Glyphs)> ByDirection(IReadOnlyList<Letter> letters)
    {
        var stacked = Stacked(letters);
        var groups = new Dictionary<int, List<PdfGlyph>>();
        var degrees = 0;
        for (var i = 0; i < letters.Count; i++)
        {
            var letter = letters[i];
            var isVertical = stacked[i] || letter.GetFont()?.IsVertical == true;
            degrees = isVertical ? Down : Direction(letter, degrees);
            if (!groups.TryGetValue(degrees, out var glyphs))
            {
                groups[degrees] = glyphs = [];
            }

            // A letter that shares in the text of the one before it (ActualText) only makes that one longer.
            if (letter.Value.Length == 0 && glyphs.Count > 0)
            {
                glyphs[^1] = glyphs[^1] with { End = Math.Max(glyphs[^1].End, Glyph(letter, degrees, false, i).End) };
            }
            else if (letter.Value.Length > 0)
            {
                glyphs.Add(Glyph(letter, degrees, isVertical, i));
            }
        }

        return [.. groups.OrderByDescending(group => group.Value.Count)
            .Select(group => (group.Key, WithoutOverprints(PdfMarks.Attach(WithoutLines(group.Value)))))];
    }

    /// <summary>Lines that are drawn with underscores are no text, and may run through some.</summary>
    private static List<PdfGlyph> WithoutLines(List<PdfGlyph> glyphs)
    {
        const int MinLine = 4;
        var kept = new List<PdfGlyph>(glyphs.Count);
        for (var i = 0; i < glyphs.Count;)
        {
            var end = i;
            while (end < glyphs.Count && glyphs[end].Text.Length > 0 && glyphs[end].Text.All(c => c == '_'))
            {
                end++;
            }

            if (end - i < MinLine)
            {
                end = Math.Max(end, i + 1);
                kept.AddRange(glyphs[i..end]);
            }

            i = end;
        }

        return kept;
    }

    private static PdfGlyph Glyph(Letter letter, int degrees, bool isVertical, int order)
    {
        var size = SizeOf(letter);
        var isBold = letter.FontDetails.IsBold || letter.RenderingMode == TextRenderingMode.FillThenStroke;
        var text = PdfCharacters.Normalize(letter.Value, letter.FontName);
        var from = letter.StartBaseLine;
        if (isVertical)
        {
            var middle = from.Y + (0.38 * size);
            var across = from.X + (letter.Width / 2) - (0.38 * size);
            return new(text, -middle - (size / 2), -middle + (size / 2), across, size, isBold, order);
        }

        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var start = (from.X * cos) + (from.Y * sin);
        var end = (letter.EndBaseLine.X * cos) + (letter.EndBaseLine.Y * sin);
        var baseline = (from.Y * cos) - (from.X * sin);
        return new(text, Math.Min(start, end), Math.Max(start, end), baseline, size, isBold, order);
    }

    /// <summary>
    /// A font may be of one point and drawn large by its own matrix, as bitmap fonts are: then its letters' heights
    /// tell more.
    /// </summary>
    private static double SizeOf(Letter letter)
    {
        var (size, height) = (letter.PointSize, letter.BoundingBox.Height);
        return height > size * 1.8 ? height * 1.3 : size > 0.5 ? size : Math.Max(height, 0.5);
    }

    private static int Direction(Letter letter, int before)
    {
        var (x, y) = (letter.EndBaseLine.X - letter.StartBaseLine.X, letter.EndBaseLine.Y - letter.StartBaseLine.Y);
        if (Math.Abs(x) + Math.Abs(y) < 1e-6)
        {
            return before;
        }

        var degrees = (int)Math.Round(Math.Atan2(y, x) * 180 / Math.PI);
        var straight = (int)Math.Round(degrees / 90.0) * 90;
        degrees = Math.Abs(degrees - straight) <= 5 ? straight : degrees;
        return degrees == -180 ? 180 : degrees;
    }

    private static bool[] Stacked(IReadOnlyList<Letter> letters)
    {
        var stacked = new bool[letters.Count];
        var first = 0;
        for (var i = 1; i <= letters.Count; i++)
        {
            if (i < letters.Count && IsBelow(letters[i - 1], letters[i]))
            {
                continue;
            }

            if (i - first >= MinStack)
            {
                Array.Fill(stacked, true, first, i - first);
            }

            first = i;
        }

        return stacked;
    }

    private static bool IsBelow(Letter above, Letter below)
    {
        if (!PdfCharacters.IsIdeographic(above.Value) || !PdfCharacters.IsIdeographic(below.Value))
        {
            return false;
        }

        var size = SizeOf(below);
        return Math.Abs(above.StartBaseLine.X - below.StartBaseLine.X) < 0.15 * size
            && above.StartBaseLine.Y - below.StartBaseLine.Y is var fall && fall > 0.8 * size && fall < 1.8 * size;
    }

    private static List<PdfGlyph> WithoutOverprints(List<PdfGlyph> glyphs)
    {
        var seen = new Dictionary<(string, int, int), int>(glyphs.Count);
        var kept = new List<PdfGlyph>(glyphs.Count);
        foreach (var glyph in glyphs)
        {
            var (x, y) = ((int)Math.Floor(glyph.Start / 4), (int)Math.Floor(glyph.Baseline / 4));
            var twin = glyph.IsSpace ? -1 : Twin(glyph, x, y, seen, kept);
            if (twin < 0)
            {
                seen[(glyph.Text, x, y)] = kept.Count;
                kept.Add(glyph);
            }
            else
            {
                kept[twin] = kept[twin] with { IsBold = true };
            }
        }

        return kept;
    }

    private static int Twin(
        PdfGlyph glyph, int x, int y, Dictionary<(string, int, int), int> seen, List<PdfGlyph> kept)
    {
        for (var near = 0; near < 9; near++)
        {
            // Twins that follow one another in a font without widths are a double letter.
            if (seen.TryGetValue((glyph.Text, x + (near % 3) - 1, y + (near / 3) - 1), out var i)
                && (i < kept.Count - 1 || kept[i].End - kept[i].Start > 2 * Overprint * glyph.Size)
                && Math.Abs(kept[i].Start - glyph.Start) < Overprint * glyph.Size
                && Math.Abs(kept[i].Baseline - glyph.Baseline) < Overprint * glyph.Size)
            {
                return i;
            }
        }

        return -1;
    }
}
