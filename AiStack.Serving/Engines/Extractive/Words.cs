using System.Text.RegularExpressions;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>Words as questions and sentences are compared by.</summary>
internal static partial class Words
{
    private static readonly HashSet<string> _stopWords = new(
        ("a an the of in on at to for by with from and or is are was were be been being do does did has have "
        + "had it its this that these those there their they he she his her him i you we us our my your me as "
        + "if not no can could may must shall should will would who whom whose what which when where why how "
        + "than then so many much long any some all one into out up about after before during between per "
        + "each").Split(' '),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The words of a text, as they are written.</summary>
    public static IEnumerable<string> In(string text) => Word().Matches(text).Select(match => match.Value);

    /// <summary>The stems of those words of a text that say something.</summary>
    public static HashSet<string> StemsIn(string text) => [.. In(text).Where(IsTelling).Select(Stem)];

    public static bool IsTelling(string word) => !_stopWords.Contains(word);

    /// <summary>
    /// The word without its commonest endings. It need only be the same for a question and for what answers it.
    /// </summary>
    public static string Stem(string word)
    {
        var lower = word.ToLowerInvariant();
        var stem = Ending().Replace(lower, "");
        return stem.Length > 0 ? stem : lower;
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:['’.,][\p{L}\p{N}]+)*")]
    private static partial Regex Word();

    [GeneratedRegex("(?:ing|edly|ed|es|s|ly|'s|’s)$")]
    private static partial Regex Ending();
}
