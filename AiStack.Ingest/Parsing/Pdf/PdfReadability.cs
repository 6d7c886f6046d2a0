using System.Globalization;
using System.Text;

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

    /// <summary>So few are signs of lists and the like, and not worth a warning.</summary>
    public const double MaxFewUnmapped = 0.02;

    /// <summary>Of source code and formulas up to half the words are not shaped like words.</summary>
    private const double MaxMisshapen = 0.4;

    /// <summary>Nor are source code and formulas so poor in letters.</summary>
    private const double MaxLetters = 0.3;

    /// <summary>The commonest letters of European languages are half of a text and more; any others, a third.</summary>
    private const double MinCommon = 0.38;
    private const double SureCommon = 0.5;
    private const double MinVowels = 0.26;
    private const int MinLatin = 60;
    private const string Common = "etaoinsrl";
    private const string Vowels = "aeiouy";

    /// <summary>Cyrillic or Greek read as if it were Latin has an accent on nearly every letter.</summary>
    private const double MaxAccented = 0.6;

    private const int MaxAround = 3;
    private const string Opening = "([{\"'<-+~#*@&$\u00A7\u2013\u2014\u2022";
    private const string Closing = ")]}\"'>.,;:!?%*\u2013\u2014-\u2026\u00B0";
    private const string Inner = "-'.,:/&_@+()\u2019\u2010\u2013=%#\u00B7\u00D7";

    public static bool IsUnreadable(IEnumerable<PdfSegment> segments, int unmapped)
    {
        // The number of an unmapped letter may be the letter's own, as it is in many old fonts.
        var text = string.Join(' ', segments.Select(segment => segment.Text));
        var all = text.Count(c => !char.IsWhiteSpace(c));
        return IsUnreadable(text) || (all > 0 && unmapped > MaxUnmapped * all && !IsSurelyText(text));
    }

    private static bool IsSurelyText(string text)
    {
        var latin = text.Where(IsLatin).ToList();
        return latin.Count >= MinLatin && latin.Count > 0.2 * text.Count(c => !char.IsWhiteSpace(c))
            && Share(latin, Common) > SureCommon && Share(latin, Vowels) > MinVowels;
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

        var latin = text.Where(IsLatin).ToList();
        return IsMisshapen(text, characters)
            || (latin.Count >= MinLatin && latin.Count > 0.5 * characters && AreNoWords(latin));
    }

    private static bool IsLatin(char c) =>
        char.IsAsciiLetter(c) || c is (>= '\u00C0' and <= '\u024F') or (>= '\u1E00' and <= '\u1EFF');

    /// <summary>How many of the letters, less their accents, are among these.</summary>
    private static double Share(List<char> latin, string letters)
    {
        var plain = new string([.. latin]).Normalize(NormalizationForm.FormD).ToLowerInvariant()
            .Where(char.IsAsciiLetter).ToList();
        return (double)plain.Count(c => letters.Contains(c)) / Math.Max(plain.Count, 1);
    }

    private static bool IsNoCharacter(char c) =>
        c is '\uFFFD' or (>= '\uE000' and <= '\uF8FF') || (char.IsControl(c) && !char.IsWhiteSpace(c));

    private static bool AreNoWords(List<char> latin)
    {
        return latin.Count(c => c > 0x7F) > MaxAccented * latin.Count
            || (Share(latin, Common) < MinCommon && Share(latin, Vowels) < MinVowels);
    }

    private static bool IsMisshapen(string text, int characters)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length > 1 && word.Distinct().Skip(1).Any()).ToList();
        var misshapen = words.Where(word => !IsWord(word)).Sum(word => word.Length);
        return misshapen > MaxMisshapen * characters && text.Count(char.IsLetter) < MaxLetters * characters;
    }

    /// <summary>Letters and digits with single signs between them, and a few around: <c>(e.g. 12.5%),</c>.</summary>
    private static bool IsWord(string word)
    {
        var start = word.Length - word.AsSpan().TrimStart(Opening).Length;
        var core = word.AsSpan(start).TrimEnd(Closing);
        if (core.Length == 0)
        {
            return word.All(c => c > 0x7F) || word.Distinct().Count() == 1;
        }

        var isBetween = true; // The core begins with a letter, and after a sign there is one.
        foreach (var c in core)
        {
            var isSign = !char.IsLetterOrDigit(c) && !PdfCharacters.IsMark(c) && !IsOfOtherScript(c);
            if (isSign && (isBetween || !Inner.Contains(c)))
            {
                return false;
            }

            isBetween = isSign && c is not ')';
        }

        return start <= MaxAround && word.Length - start - core.Length <= MaxAround && !isBetween
            && word.Count(c => c == '(') - word.Count(c => c == ')') is >= -1 and <= 1
            && core.Count('(') <= core.Count(')') + core.Count('[');
    }

    // Signs of other scripts, and of money, are as good as letters.
    private static bool IsOfOtherScript(char c) => c > 0x2FFF || char.GetUnicodeCategory(c) is
        UnicodeCategory.CurrencySymbol or UnicodeCategory.SpacingCombiningMark;
}
