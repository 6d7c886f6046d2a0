using System.Text;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Puts accents and vowel signs that were printed over a letter behind it, as Unicode has them.</summary>
internal static class PdfMarks
{
    /// <summary>Accents that stand alone in old fonts, and the marks that they are over a letter.</summary>
    private static readonly Dictionary<char, char> _accents = new()
    {
        ['\u00A8'] = '\u0308', ['\u00B4'] = '\u0301', ['\u0060'] = '\u0300', ['\u02C6'] = '\u0302',
        ['\u02DC'] = '\u0303', ['\u00B8'] = '\u0327', ['\u02C7'] = '\u030C', ['\u02D8'] = '\u0306',
        ['\u02DA'] = '\u030A', ['\u00AF'] = '\u0304', ['\u02D9'] = '\u0307', ['\u02DD'] = '\u030B',
        ['\u005E'] = '\u0302', ['\u02DB'] = '\u0328', ['\u02CA'] = '\u0301', ['\u02CB'] = '\u0300',
    };

    public static List<PdfGlyph> Attach(List<PdfGlyph> glyphs)
    {
        var kept = new List<PdfGlyph>(glyphs.Count);
        for (var i = 0; i < glyphs.Count; i++)
        {
            if (MarkOf(glyphs[i]) is not { } mark)
            {
                kept.Add(glyphs[i]);
            }
            else if (kept.Count > 0 && IsOver(glyphs[i], kept[^1]))
            {
                kept[^1] = kept[^1] with { Text = With(kept[^1].Text, mark) };
            }
            else if (i + 1 < glyphs.Count && IsOver(glyphs[i], glyphs[i + 1]))
            {
                glyphs[i + 1] = glyphs[i + 1] with { Text = With(glyphs[i + 1].Text, mark) };
            }
            else
            {
                kept.Add(glyphs[i]);
            }
        }

        return kept;
    }

    private static string? MarkOf(PdfGlyph glyph) => glyph.Text switch
    {
        [var c] when _accents.TryGetValue(c, out var mark) => mark.ToString(),
        var text when text.Length > 0 && text.All(PdfCharacters.IsMark) => text,
        _ => null,
    };

    private static bool IsOver(PdfGlyph mark, PdfGlyph letter) =>
        letter.Text.Length > 0 && char.IsLetter(letter.Text[0])
        && Math.Abs(mark.Baseline - letter.Baseline) < 0.6 * letter.Size
        && mark.Middle > letter.Start - (0.05 * letter.Size) && mark.Middle < letter.End + (0.05 * letter.Size);

    // A dotless i is an i that waits for its accent.
    private static string With(string letter, string mark) =>
        (letter.Replace('\u0131', 'i').Replace('\u0237', 'j') + mark).Normalize(NormalizationForm.FormC);
}
