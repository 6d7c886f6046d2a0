using System.Globalization;
using System.Text;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>What a PDF calls its letters, and what people type when they look for them.</summary>
internal static class PdfCharacters
{
    /// <summary>
    /// Takes ligatures and forms made for printing apart: fi, the four shapes of an Arabic letter, radicals that look
    /// like characters. Other compatibility characters mean something: a superscript, a fraction.
    /// </summary>
    public static string Normalize(string text, string? font)
    {
        foreach (var c in text)
        {
            if (c is (>= '\uFB00' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC')
                or (>= '\uFE10' and <= '\uFE4F') or (>= '\u2E80' and <= '\u2FDF') or '\u0132' or '\u0133')
            {
                return InPrintedOrder(text.Normalize(NormalizationForm.FormKC));
            }

            if (c is >= '\uE000' and <= '\uF8FF')
            {
                return OfPrivateUse(text, font);
            }
        }

        return InPrintedOrder(text);
    }

    public static bool IsRightToLeft(char c) => c is (>= '\u0590' and <= '\u08FF')
        or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC');

    /// <summary>A character of a script that writes no spaces.</summary>
    public static bool IsIdeographic(char c) =>
        c is (>= '\u2E80' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF00' and <= '\uFFEF');

    public static bool IsIdeographic(string text) =>
        text.Length > 0 && (IsIdeographic(text[0]) || (char.IsSurrogatePair(text, 0) && text[0] is >= '\uD840'));

    public static bool IsMark(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.EnclosingMark;

    /// <summary>
    /// One glyph of several Arabic letters has them in the order of speech. All others come in the order of print and
    /// are turned around later, so these are turned now.
    /// </summary>
    private static string InPrintedOrder(string text) =>
        text.Length > 1 && text.Count(c => IsRightToLeft(c) && !IsMark(c)) > 1
            ? string.Concat(PdfDirection.Units(text).AsEnumerable().Reverse())
            : text;

    // Symbol fonts of Windows keep their characters at F000 and above; what is not a letter there is a list's dot.
    private static string OfPrivateUse(string text, string? font)
    {
        var isPicture = font is not null && (font.Contains("ding", StringComparison.OrdinalIgnoreCase)
            || font.Contains("symbol", StringComparison.OrdinalIgnoreCase));
        return string.Concat(text.Select(c => c switch
        {
            '\uF0B7' or '\uF0A7' or '\uF0A8' or '\uF076' or '\uF0D8' or '\uF0FC' => '\u2022',
            >= '\uF021' and <= '\uF07E' when !isPicture => (char)(c - 0xF000),
            >= '\uF020' and <= '\uF0FF' when isPicture => '\u2022',
            _ => c,
        }));
    }
}
