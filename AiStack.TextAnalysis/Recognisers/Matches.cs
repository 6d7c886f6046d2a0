using System.Text.RegularExpressions;

namespace AiStack.TextAnalysis.Recognisers;

internal static class Matches
{
    /// <summary>Whether a pattern that ends with its text stands right before a place, within so many characters.
    /// </summary>
    public static bool StandsBefore(this Regex pattern, string text, int start, int near) =>
        pattern.IsMatch(text.AsSpan(Math.Max(0, start - near), Math.Min(start, near)));

    /// <summary>What a pattern found, as it is; the enumerator itself cannot live in an iterator.</summary>
    public static List<(int Start, string Value)> ToList(this Regex.ValueMatchEnumerator matches, string text)
    {
        List<(int, string)> found = [];
        foreach (var match in matches)
        {
            found.Add((match.Index, text.Substring(match.Index, match.Length)));
        }

        return found;
    }
}
