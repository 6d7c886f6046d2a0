using System.Text.RegularExpressions;
using AiStack.Contracts.Search;
using AiStack.Serving.FileSearch;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>Finds the words of a passage that a model's statement comes from.</summary>
internal static partial class QuoteFinder
{
    /// <summary>The share of a statement's words that a sentence must have to be quoted for it.</summary>
    private const double LeastShare = 0.5;

    /// <summary>
    /// The best sentence of the passage, or the whole passage when none fits well enough to be put in the model's
    /// mouth.
    /// </summary>
    public static PassageCitation Cite(Passage passage, string statement)
    {
        // A mark is behind the last sentence that it is about; what was said before that may have no source.
        var said = WordsOf(SentenceEnd().Split(statement.Trim())[^1]);
        var best = (passage.Sentences ?? [])
            .Where(each => each.Start >= 0 && each.Start < each.End && each.End <= passage.Text.Length)
            .Select(sentence => (Sentence: sentence, Share: Share(said, passage.Text[sentence.Start..sentence.End])))
            .DefaultIfEmpty()
            .MaxBy(candidate => candidate.Share);
        return best.Sentence is not null && best.Share >= LeastShare
            ? PassageCitation.Quoting(passage, best.Sentence.Start, best.Sentence.End)
            : PassageCitation.Whole(passage);
    }

    private static double Share(HashSet<string> said, string sentence) =>
        said.Count == 0 ? 0 : (double)WordsOf(sentence).Count(said.Contains) / said.Count;

    // Short words are everywhere, unless they are numbers.
    private static HashSet<string> WordsOf(string text) =>
        [.. Word().Matches(text).Select(match => match.Value.ToUpperInvariant())
            .Where(word => word.Length > 3 || char.IsDigit(word[0]))];

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
