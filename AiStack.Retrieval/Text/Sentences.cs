namespace AiStack.Retrieval.Text;

/// <summary>A sentence, from <paramref name="Start"/> to <paramref name="End"/> in UTF-16 code units.</summary>
internal readonly record struct Sentence(int Start, int End);

/// <summary>
/// Finds sentences: up to a full stop, question or exclamation mark before a new beginning, or to the end of a line.
/// </summary>
internal static class Sentences
{
    private static readonly HashSet<string> _abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "vs", "etc", "e.g", "i.e", "inc", "ltd", "co",
        "approx", "fig", "al", "jr", "sr", "dept", "est", "min", "max", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
        "sep", "sept", "oct", "nov", "dec",
    };

    public static IEnumerable<Sentence> In(string text)
    {
        var start = SkipSpace(text, 0);
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] != '\n' && !Ends(text, i))
            {
                continue;
            }

            var end = text[i] == '\n' ? i : AfterQuotes(text, i + 1);
            if (end > start)
            {
                yield return new(start, TrimEnd(text, start, end));
            }

            start = SkipSpace(text, end);
            i = Math.Max(i, start - 1);
        }

        if (start < text.Length)
        {
            yield return new(start, TrimEnd(text, start, text.Length));
        }
    }

    private static bool Ends(string text, int i)
    {
        if (text[i] is '!' or '?')
        {
            return true;
        }

        if (text[i] != '.')
        {
            return false;
        }

        var next = AfterQuotes(text, i + 1);
        if (next >= text.Length)
        {
            return true;
        }

        if (!char.IsWhiteSpace(text[next]))
        {
            return false; // 3.5, example.com
        }

        var word = WordBefore(text, i);
        return !_abbreviations.Contains(word) && !(word.Length == 1 && char.IsUpper(word[0]))
            && !char.IsLower(text[Math.Min(SkipSpace(text, next), text.Length - 1)]);
    }

    private static string WordBefore(string text, int end)
    {
        var start = end;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]) && end - start < 20)
        {
            start--;
        }

        return text[start..end].TrimStart('(', '"', '“');
    }

    private static int AfterQuotes(string text, int i)
    {
        while (i < text.Length && text[i] is ('"' or '”' or '’' or ')' or ']' or '\''))
        {
            i++;
        }

        return i;
    }

    private static int SkipSpace(string text, int i)
    {
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return i;
    }

    private static int TrimEnd(string text, int start, int end)
    {
        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
