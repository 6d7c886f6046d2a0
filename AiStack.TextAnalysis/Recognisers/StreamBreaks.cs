using System.Buffers;

namespace AiStack.TextAnalysis.Recognisers;

/// <summary>
/// Where a text that comes in parts may be divided, so that what is recognised is never in two pieces: where depends on
/// the text alone, never on its parts. Only numbers, keys and given phrases go over spaces.
/// </summary>
public static class StreamBreaks
{
    private static readonly SearchValues<char> _between = SearchValues.Create(":=-_\"'");

    internal enum Link
    {
        /// <summary>Nothing that is recognised goes on behind it.</summary>
        None,

        /// <summary>It may go on, if the next word may be of it too.</summary>
        Open,

        /// <summary>The next word is of it.</summary>
        Next,

        /// <summary>A private key begins.</summary>
        Key,
    }

    /// <summary>Scripts that put no spaces between words: what they say is of no kind that we know.</summary>
    public static bool IsWide(char letter) =>
        letter is (>= '\u0E00' and <= '\u10FF') or (>= '\u1780' and <= '\u17FF') or (>= '\u2E80' and <= '\uABFF')
            or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF00' and <= '\uFFEF');

    /// <summary>Whether it is only what stands between two words of one thing: "password = x", "blue - bird".</summary>
    internal static bool IsBetween(ReadOnlySpan<char> word) => !word.ContainsAnyExcept(_between);

    /// <summary>How a word, with what is on both sides of it up to the spaces, goes on.</summary>
    internal static Link LinkOf(ReadOnlySpan<char> word) =>
        word.Contains(Secrets.KeyBegins.AsSpan().TrimEnd(), StringComparison.Ordinal) ? Link.Key
        : Secrets.IsNameOfPassword(word) ? Link.Next
        : word.ContainsAnyInRange('0', '9') || IsGroupOfLetters(word) ? Link.Open
        : Link.None;

    // Accounts have groups of four letters.
    private static bool IsGroupOfLetters(ReadOnlySpan<char> word) =>
        word.Length == 4 && !word.ContainsAnyExceptInRange('A', 'Z');
}
