using System.Text;
using System.Text.RegularExpressions;

namespace AiStack.Retrieval.Privacy;

/// <summary>Stand-ins in a text of people or models.</summary>
internal static class StandInText
{
    private const string Code = $"[{StandIns.Letters}{StandIns.Digits}]";

    // An underline may be beside one, in the name of a file.
    private static readonly Regex _standIn = new(
        $"(?<![A-Za-z0-9])(?:(?:{string.Join('|', StandIns.Labels)})_{Code}{{{StandIns.MinCode},{StandIns.MaxCode}}}"
        + $"|[{StandIns.Letters}][{StandIns.Digits}]{Code}{{0,{StandIns.MaxCode - 2}}})(?![A-Za-z0-9])",
        RegexOptions.CultureInvariant);

    /// <summary>What looks like one, each once, in the order of the text.</summary>
    public static List<string> In(string text) =>
        [.. _standIn.Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// The text with values in the place of their stand-ins. The spaces that made one as long as its value go, where
    /// they are all there.
    /// </summary>
    public static string Reveal(string text, IReadOnlyDictionary<string, string> values)
    {
        var revealed = new StringBuilder(text.Length);
        var from = 0;
        foreach (Match match in _standIn.Matches(text))
        {
            if (values.TryGetValue(match.Value, out var value))
            {
                var end = match.Index + match.Length;
                revealed.Append(text, from, match.Index - from).Append(value);
                from = end + SpacesBehind(text, end, value.Length - match.Length);
            }
        }

        return revealed.Append(text, from, text.Length - from).ToString();
    }

    private static int SpacesBehind(string text, int end, int count) =>
        count > 0 && end + count <= text.Length && !text.AsSpan(end, count).ContainsAnyExcept(' ')
            && (end + count == text.Length || !char.IsLetterOrDigit(text[end + count]))
            ? count
            : 0;
}
