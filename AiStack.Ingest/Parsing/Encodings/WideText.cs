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
        var hasZeros = head.Contains((byte)0);
        if (head.Length < 4 || (!hasZeros && !HasControls(head)))
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
            var sample = head[..(Math.Min(head.Length, Sample * unit) / unit * unit)];
            if (IsText(encoding.GetString(sample), hasZeros))
            {
                return encoding;
            }
        }

        return null;
    }

    /// <summary>
    /// Chinese in UTF-16 need not have a zero byte, but it has bytes that are control characters in every encoding of
    /// one byte a letter, in which text has next to none.
    /// </summary>
    private static bool HasControls(ReadOnlySpan<byte> head)
    {
        var controls = 0;
        foreach (var b in head)
        {
            controls += b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 0x1B) ? 1 : 0;
        }

        return controls * 50 > head.Length;
    }

    /// <summary>
    /// Text has spaces or letters of ASCII in it, letters for the most part, and next to nothing that is no character.
    /// Bytes of another kind read so are mostly rare signs of unknown scripts.
    /// </summary>
    private static bool IsText(string text, bool hasZeros)
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

        return strange <= text.Length / 200 && (common > 0 || !hasZeros) && letters > text.Length / 4;
    }
}
