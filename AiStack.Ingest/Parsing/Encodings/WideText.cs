using System.Globalization;
using System.Text;

namespace AiStack.Ingest.Parsing.Encodings;

/// <summary>Tells UTF-16 and UTF-32 without a byte order mark by where their zero bytes are.</summary>
internal static class WideText
{
    /// <summary>How many characters are looked at.</summary>
    private const int Sample = 4_096;

    public static Encoding? Detect(ReadOnlySpan<byte> head)
    {
        if (!head.Contains((byte)0) || head.Length < 4)
        {
            return null;
        }

        Encoding[] candidates =
        [
            new UTF32Encoding(false, false), new UTF32Encoding(true, false),
            new UnicodeEncoding(false, false), new UnicodeEncoding(true, false),
        ];
        foreach (var encoding in candidates)
        {
            var unit = encoding is UTF32Encoding ? 4 : 2;
            if (IsText(encoding.GetString(head[..(Math.Min(head.Length, Sample * unit) / unit * unit)])))
            {
                return encoding;
            }
        }

        return null;
    }

    /// <summary>
    /// Text has spaces or letters of ASCII in it, letters for the most part, and next to nothing that is no character.
    /// Bytes of another kind read so are mostly rare signs of unknown scripts.
    /// </summary>
    private static bool IsText(string text)
    {
        var (letters, strange, common) = (0, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            common += rune.IsAscii && rune.Value is >= ' ' or '\n' or '\r' or '\t' ? 1 : 0;
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Control when rune.Value is not ('\n' or '\r' or '\t' or '\f'):
                case UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate:
                    strange++;
                    break;
                default:
                    strange += rune == Rune.ReplacementChar ? 1 : 0;
                    letters += Rune.IsLetterOrDigit(rune) ? 1 : 0;
                    break;
            }
        }

        return strange <= text.Length / 200 && common > 0 && letters > text.Length / 4;
    }
}
