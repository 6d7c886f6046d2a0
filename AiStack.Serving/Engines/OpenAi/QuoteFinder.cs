using System.Text.RegularExpressions;
using AiStack.Contracts.Search;
using AiStack.Serving.FileSearch;
using AiStack.TextAnalysis;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>Finds the words of passages that a model's statement comes from.</summary>
internal static partial class QuoteFinder
{
    /// <summary>The share of a statement's words that a sentence must have to be quoted for it.</summary>
    private const double LeastShare = 0.5;

    /// <summary>
    /// The best sentence of what was shown as one, or the whole passage that was found when none fits well enough to be
    /// put in the model's mouth.
    /// </summary>
    public static PassageCitation Cite(ShownPassage shown, string statement)
    {
        // A mark is behind the last sentence that it is about; what was said before that may have no source.
        var said = WordsOf(SentenceEnd().Split(statement.Trim())[^1]);
        var best = shown.Parts.OrderBy(part => part != shown.Found)
            .SelectMany(part => SentencesOf(part).Select(sentence => (Part: part, Sentence: sentence)))
            .Select(each => (each.Part, each.Sentence, Share: Share(said, each.Part.Text[each.Sentence])))
            .DefaultIfEmpty()
            .MaxBy(candidate => candidate.Share);
        return best.Part is not null && best.Share >= LeastShare
            ? PassageCitation.Quoting(best.Part, best.Sentence.Start.Value, best.Sentence.End.Value)
            : PassageCitation.Whole(shown.Found);
    }

    // Of what stands beside a passage that was found, the search has looked at no sentences.
    private static IEnumerable<Range> SentencesOf(Passage part) => part.Sentences is { } looked
        ? looked.Where(each => each.Start >= 0 && each.Start < each.End && each.End <= part.Text.Length)
            .Select(each => each.Start..each.End)
        : Sentences.In(part.Text).Select(each => each.Start..each.End);

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
