using System.Globalization;
using System.Text;

namespace AiStack.Evals.Answers;

/// <summary>
/// Whether a text holds an expected answer, word by word: case, punctuation and the form of Unicode don't count, but
/// "12" is not in "2012". The steps are those of SQuAD's evaluation, less the removal of English articles.
/// </summary>
/// <remarks>
/// P. Rajpurkar et al., "SQuAD: 100,000+ questions for machine comprehension of text" (2016), section 6.
/// </remarks>
internal static class Words
{
    public static bool Contains(string text, string expected)
    {
        var words = Of(expected);

        // "§" or "%" alone has no words; a text that holds every answer would be worse than one that holds none.
        return words.Count > 0 && Contains(Of(text), words);
    }

    internal static List<string> Of(string text)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var normal = text.Normalize(NormalizationForm.FormKC);
        for (var i = 0; i < normal.Length; i++)
        {
            if (IsPartOfWord(normal[i]))
            {
                word.Append(char.ToUpperInvariant(normal[i]));
            }
            else if (!SeparatesThousands(normal, i) && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    // A mark belongs to the letter before it; halves of surrogate pairs are letters more often than not.
    private static bool IsPartOfWord(char character) =>
        char.IsLetterOrDigit(character)
        || char.IsSurrogate(character)
        || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool Contains(List<string> text, List<string> words)
    {
        for (var start = 0; start + words.Count <= text.Count; start++)
        {
            if (text.Skip(start).Take(words.Count).SequenceEqual(words, StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    // "1,000" and "1000" are one number; "Rooms 3,4" are two.
    private static bool SeparatesThousands(string text, int i) =>
        text[i] is ',' && i > 0 && char.IsAsciiDigit(text[i - 1]) && IsThreeDigits(text, i + 1);

    private static bool IsThreeDigits(string text, int start) =>
        start + 3 <= text.Length
        && text.AsSpan(start, 3).IndexOfAnyExceptInRange('0', '9') < 0
        && (start + 3 == text.Length || !char.IsAsciiDigit(text[start + 3]));
}
