using AiStack.TextAnalysis;

namespace AiStack.Evals.Answers;

/// <summary>
/// Whether a text holds an expected answer, word by word: case, punctuation and the form of Unicode don't count, but
/// "12" is not in "2012". The steps are those of SQuAD's evaluation, less the removal of English articles.
/// </summary>
/// <remarks>
/// P. Rajpurkar et al., "SQuAD: 100,000+ questions for machine comprehension of text" (2016), section 6.
/// </remarks>
internal static class ExpectedAnswer
{
    public static bool IsIn(string text, string expected)
    {
        var words = FormsIn(expected);

        // "§" or "%" alone has no words; a text that holds every answer would be worse than one that holds none.
        return words.Count > 0 && Holds(FormsIn(text), words);
    }

    private static List<string> FormsIn(string text) => [.. Words.In(text).Select(word => word.Form)];

    private static bool Holds(List<string> text, List<string> words)
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
}
