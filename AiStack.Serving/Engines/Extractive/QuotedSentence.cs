using System.Text.RegularExpressions;
using AiStack.Contracts.Search;
using AiStack.Serving.FileSearch;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>A sentence of a passage that may answer.</summary>
/// <param name="Start">Where it begins in the passage's text, list marker and heading marks left out.</param>
internal sealed partial record QuotedSentence(Passage Passage, SentenceEvidence Evidence, int Start, int End)
{
    /// <summary>Its words as they read in an answer: on one line.</summary>
    public string Text { get; } = LineBreaks().Replace(Passage.Text[Start..End], " ");

    /// <summary>True when it ends as sentences do, unlike the row of a table.</summary>
    public bool IsFullSentence { get; } = SentenceEnd().IsMatch(Passage.Text[Start..End]);

    public PassageCitation Cite() => PassageCitation.Quoting(Passage, Start, End);

    /// <summary>
    /// The sentence that the evidence is about; null when nothing of it is left, or it lies outside of the passage.
    /// </summary>
    public static QuotedSentence? From(Passage passage, SentenceEvidence evidence)
    {
        if (evidence.Start < 0 || evidence.End > passage.Text.Length || evidence.Start >= evidence.End)
        {
            return null;
        }

        var text = passage.Text.AsSpan(evidence.Start, evidence.End - evidence.Start);
        var start = evidence.Start;
        foreach (var marker in Marker().EnumerateMatches(text))
        {
            start += marker.Length;
            break;
        }

        var end = evidence.Start + text.TrimEnd().Length;
        return start < end ? new(passage, evidence, start, end) : null;
    }

    [GeneratedRegex(@"\G\s*(?:(?:[-*+•]|#{1,6}|>|\d{1,3}[.)])\s+)*")]
    private static partial Regex Marker();

    [GeneratedRegex(@"[.!?…][)\]""”’']*\z")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\s*[\r\n]+\s*")]
    private static partial Regex LineBreaks();
}
