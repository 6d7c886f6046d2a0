using System.Text;
using System.Text.RegularExpressions;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>Makes words whole again that were hyphenated at the end of a line.</summary>
internal sealed partial class PdfHyphens(IReadOnlyList<PdfLine> lines)
{
    /// <summary>The hyphenated words within lines.</summary>
    private readonly Lazy<HashSet<string>> _words = new(() =>
        [.. lines.SelectMany(line => Hyphenated().Matches(line.Text)).Select(match => match.Value.ToLowerInvariant())]);

    public static bool IsCut(StringBuilder text, string next) =>
        text.Length > 1 && text[^1] is '-' or '\u2010' or '\u00AD' && char.IsLetter(text[^2])
        && next.Length > 0 && char.IsLower(next[0]);

    /// <summary>Two lines of a cell, which is too short to say how it writes its words elsewhere.</summary>
    public static string Joined(string line, string next) =>
        line.Length > 1 && line[^1] is '-' or '\u2010' && char.IsLetter(line[^2])
        && next.Length > 0 && char.IsLower(next[0])
            ? line[..^1] + next
            : $"{line} {next}".Trim();

    /// <summary>
    /// The word is written as the document writes it elsewhere; if it does not, the hyphen was the line's.
    /// </summary>
    public void Join(StringBuilder text, string next)
    {
        var start = text.Length - 1;
        while (start > 0 && char.IsLetter(text[start - 1]))
        {
            start--;
        }

        var end = 0;
        while (end < next.Length && char.IsLetter(next[end]))
        {
            end++;
        }

        var hyphenated = $"{text.ToString(start, text.Length - 1 - start)}-{next[..end]}";
        text.Length--;
        _ = _words.Value.Contains(hyphenated.ToLowerInvariant()) ? text.Append('-') : text;
        text.Append(next);
    }

    [GeneratedRegex(@"\p{L}+-\p{L}+", RegexOptions.None, 1_000)]
    private static partial Regex Hyphenated();
}
