namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>
/// Tells text from what a font without a map to Unicode leaves of it: its letters look right on paper, and are others
/// in the file. No language is assumed, but that words are letters, and that Latin ones have vowels.
/// </summary>
internal static class PdfReadability
{
    /// <summary>Less text says nothing about itself.</summary>
    private const int MinCharacters = 24;

    /// <summary>So many letters that the font gives no character for are no accident.</summary>
    private const double MaxUnmapped = 0.3;

    /// <summary>Of source code and formulas up to half the words are not shaped like words.</summary>
    private const double MaxMisshapen = 0.4;

    /// <summary>The commonest letters of European languages are half of a text and more; any others, a third.</summary>
    private const double MinCommon = 0.38;
    private const double MinVowels = 0.26;
    private const int MinLatin = 100;
    private const string Common = "etaoinsrl";
    private const string Vowels = "aeiouy";

    /// <summary>Cyrillic or Greek read as if it were Latin has an accent on nearly every letter.</summary>
    private const double MaxAccented = 0.6;

    private const string Opening = "([{\"'<-+~#*@&$\u00A7\u2013\u2014\u2022";
    private const string Closing = ")]}\"'>.,;:!?%*\u2013\u2014-\u2026\u00B0";
    private const string Inner = "-'.,:/&_@+()\u2019\u2010\u2013=%#\u00B7\u00D7";

    public static bool IsUnreadable(IReadOnlyList<(int Degrees, List<PdfGlyph> Glyphs)> directions, int unmapped)
    {
        var all = directions.Sum(direction => direction.Glyphs.Count(glyph => !glyph.IsSpace));
        if (all >= 1 && unmapped > MaxUnmapped * all)
        {
            return true;
        }

        return directions.Count > 0
            && IsUnreadable(string.Join(' ', PdfLines.Of(directions[0].Glyphs).Select(segment => segment.Text)));
    }

    public static bool IsUnreadable(string text)
    {
        var characters = text.Count(c => !char.IsWhiteSpace(c));
        if (characters < MinCharacters)
        {
            return false;
        }

        if (text.Count(IsNoCharacter) > MaxUnmapped * characters)
        {
            return true;
        }

        var latin = text.Where(c => char.IsAsciiLetter(c) || c is (>= '\u00C0' and <= '\u024F')).ToList();
        return IsMisshapen(text, characters)
            || (latin.Count >= MinLatin && latin.Count > 0.5 * characters && AreNoWords(latin));
    }

    private static bool IsNoCharacter(char c) =>
        c is '\uFFFD' or (>= '\uE000' and <= '\uF8FF') || (char.IsControl(c) && !char.IsWhiteSpace(c));

    private static bool AreNoWords(List<char> latin)
    {
        if (latin.Count(c => c > 0x7F) > MaxAccented * latin.Count)
        {
            return true;
        }

        var plain = latin.ConvertAll(char.ToLowerInvariant);
        return plain.Count(c => Common.Contains(c)) < MinCommon * plain.Count
            && plain.Count(c => Vowels.Contains(c)) < MinVowels * plain.Count(c => c <= 0x7F);
    }

    private static bool IsMisshapen(string text, int characters)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length > 1 && word.Distinct().Skip(1).Any()).ToList();
        var misshapen = words.Where(word => !IsWord(word)).Sum(word => word.Length);
        return misshapen > MaxMisshapen * characters && text.Count(char.IsLetter) < 0.5 * characters;
    }

    private static bool IsWord(string word)
    {
        var core = word.AsSpan().TrimStart(Opening).TrimEnd(Closing);
        if (word.Length - core.Length > 3 && core.Length < 3)
        {
            return core.Length == 0 && word.All(c => !char.IsLetterOrDigit(c) && c > 0x7F);
        }

        foreach (var c in core)
        {
            if (!char.IsLetterOrDigit(c) && !PdfCharacters.IsMark(c) && !Inner.Contains(c)
                && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.CurrencySymbol)
            {
                return false;
            }
        }

        return true;
    }
}
