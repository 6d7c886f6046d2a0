namespace AiStack.TextAnalysis;

/// <summary>A script, as far as it tells languages apart.</summary>
internal enum Alphabet
{
    None,
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Devanagari,
    Thai,
    Lao,
    Burmese,
    Khmer,
    Kana,
    Hangul,
    Han,
    Other,
}

internal static class Alphabets
{
    /// <summary>Letters that are looked at.</summary>
    private const int MaxLetters = 2_000;

    /// <summary>The script of most letters. Japanese is written in Han too, but not without kana.</summary>
    public static Alphabet Of(string text)
    {
        Span<int> counts = stackalloc int[(int)Alphabet.Other + 1];
        var letters = 0;
        for (var i = 0; i < text.Length && letters < MaxLetters; i++)
        {
            if (char.IsLetter(text[i]) || char.IsHighSurrogate(text[i]))
            {
                counts[(int)Of(text[i])]++;
                letters++;
            }
        }

        counts[(int)Alphabet.None] = 0;
        var most = Alphabet.None;
        for (var i = 1; i < counts.Length; i++)
        {
            most = counts[i] > counts[(int)most] ? (Alphabet)i : most;
        }

        return most == Alphabet.Han && counts[(int)Alphabet.Kana] * 20 > counts[(int)Alphabet.Han]
            ? Alphabet.Kana
            : most;
    }

    private static Alphabet Of(char letter) => letter switch
    {
        < '\u0250' or (>= '\u1E00' and < '\u1F00') or (>= '\uFF21' and <= '\uFF5A') => Alphabet.Latin,
        >= '\u0370' and < '\u0400' or (>= '\u1F00' and < '\u2000') => Alphabet.Greek,
        >= '\u0400' and < '\u0530' => Alphabet.Cyrillic,
        >= '\u0530' and < '\u0590' => Alphabet.Armenian,
        (>= '\u0590' and < '\u0600') or (>= '\uFB1D' and < '\uFB50') => Alphabet.Hebrew,
        (>= '\u0600' and < '\u0780') or (>= '\uFB50' and < '\uFE00') or (>= '\uFE70' and < '\uFF00') => Alphabet.Arabic,
        >= '\u0900' and < '\u0980' => Alphabet.Devanagari,
        >= '\u0E00' and < '\u0E80' => Alphabet.Thai,
        >= '\u0E80' and < '\u0F00' => Alphabet.Lao,
        >= '\u1000' and < '\u10A0' => Alphabet.Burmese,
        >= '\u1780' and < '\u1800' => Alphabet.Khmer,
        (>= '\u3040' and < '\u3100') or (>= '\uFF66' and < '\uFFA0') => Alphabet.Kana,
        (>= '\uAC00' and < '\uD7B0') or (>= '\u1100' and < '\u1200') or (>= '\u3130' and < '\u3190') => Alphabet.Hangul,
        (>= '\u3400' and < '\uA000') or (>= '\uF900' and < '\uFB00') or (>= '\uD800' and < '\uDC00') => Alphabet.Han,
        _ => Alphabet.Other,
    };
}
