using System.Buffers;
using System.Globalization;
using System.Text;

namespace AiStack.Retrieval.Text;

/// <summary>A word as it stands in a text, and as it is compared: lower case, without accents.</summary>
internal readonly record struct Word(int Start, int Length, string Form);

/// <summary>
/// Finds the words of a text. A word is a run of letters and digits; <c>don't</c> is one word, <c>1,000</c> is
/// <c>1000</c>, and an identifier such as <c>TX-200</c> is its parts and, beside them, <c>tx200</c>: people write it
/// both ways.
/// </summary>
internal static class Words
{
    /// <summary>What is longer is no word but data; its beginning is enough to find it by.</summary>
    private const int MaxLength = 64;

    /// <summary>Words of these alone need no more than lower case, and most words are.</summary>
    private static readonly SearchValues<char> _plainCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly SearchValues<char> _numberCharacters = SearchValues.Create("0123456789,.");

    public static IEnumerable<Word> In(string text)
    {
        var i = 0;
        while (i < text.Length)
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                i++;
                continue;
            }

            var start = i;
            i = EndOfRun(text, i);
            var form = Fold(text.AsSpan(start, Math.Min(i - start, MaxLength)));
            yield return new(start, i - start, form);

            if (i + 1 < text.Length && text[i] is ('-' or '_' or '/') && char.IsLetterOrDigit(text[i + 1]))
            {
                var next = EndOfRun(text, i + 1);
                if (HasDigit(text, start, next) && next - start <= MaxLength)
                {
                    yield return new(start, next - start, form + Fold(text.AsSpan(i + 1, next - i - 1)));
                }
            }
        }
    }

    private static int EndOfRun(string text, int i)
    {
        while (i < text.Length
            && (char.IsLetterOrDigit(text[i])
                || char.GetUnicodeCategory(text[i]) == UnicodeCategory.NonSpacingMark
                || JoinsDigits(text, i)
                || IsApostropheInside(text, i)))
        {
            i++;
        }

        return i;
    }

    private static bool JoinsDigits(string text, int i) =>
        text[i] is (',' or '.')
            && i > 0 && char.IsAsciiDigit(text[i - 1])
            && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);

    private static bool IsApostropheInside(string text, int i) =>
        text[i] is ('\'' or '’')
            && i > 0 && char.IsLetter(text[i - 1])
            && i + 1 < text.Length && char.IsLetter(text[i + 1]);

    private static bool HasDigit(string text, int start, int end) =>
        text.AsSpan(start, end - start).ContainsAnyInRange('0', '9');

    private static string Fold(ReadOnlySpan<char> word)
    {
        if (!word.ContainsAnyExcept(_plainCharacters))
        {
            return string.Create(word.Length, word, (form, plain) => Ascii.ToLower(plain, form, out _));
        }

        var isNumber = char.IsAsciiDigit(word[0]) && !word.ContainsAnyExcept(_numberCharacters);
        var text = System.Text.Ascii.IsValid(word)
            ? word.ToString()
            : word.ToString().Normalize(NormalizationForm.FormD);
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\'' or '’')
            {
                break; // The possessive, and what is left of a contraction, say nothing.
            }

            if (!(isNumber && c == ',') && char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append(char.ToLowerInvariant(c));
            }
        }

        return folded.ToString();
    }
}
