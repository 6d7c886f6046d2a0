using System.Text.RegularExpressions;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>
/// What stands at the head of a controlled document: its number, version, date and owner. It has the words of the
/// title beside it and answers nothing but questions about the document.
/// </summary>
internal static partial class ControlLine
{
    /// <summary>The longest; a longer sentence says more than that.</summary>
    private const int MaxLength = 160;

    public static bool Is(string sentence) =>
        sentence.Length <= MaxLength && (Version().IsMatch(sentence) || Field().IsMatch(sentence));

    /// <summary>Whether a question may be about a document: who answers for it, since when it holds.</summary>
    public static bool IsAskedFor(string question) => Asked().IsMatch(question);

    [GeneratedRegex(
        @"\bversion \d+(?:\.\d+)*\b.*\b(?:valid|effective|in force|approved|issued|gültig|freigegeben)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Version();

    [GeneratedRegex(
        @"^\W*(?:(?:document |policy |process )?owner|author|approved by|document (?:no|number|id)|classification"
        + @"|(?:last )?(?:updated|reviewed|revised)|next review|effective date|valid (?:from|until)"
        + @"|verantwortlich|freigegeben (?:von|durch)|gültig (?:ab|bis)|stand)\s*:",
        RegexOptions.IgnoreCase)]
    private static partial Regex Field();

    [GeneratedRegex(
        @"\b(?:who|whose|when|version|valid|effective|in force|own(?:s|ers?)?|authors?|responsible|approve[ds]?|updated"
        + @"|revised|reviewed|issued|current|latest|newest|superseded|replaced|number|date|wer|wem|wann|gültig|gilt"
        + @"|seit|verantwortlich\w*|neuest\w*|aktuell\w*)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}
