using AiStack.Contracts.Search;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Text;

namespace AiStack.Retrieval.Search;

/// <summary>Finds which sentences of a passage answer for the query: by the words they share, and by words that mean nearly the same.</summary>
internal sealed class SentenceRanking(WordVectors? vectors)
{
    /// <summary>Sentences of one passage that are looked at; a passage of more is a table or a list.</summary>
    private const int MaxSentences = 200;

    /// <summary>A cosine below this is chance.</summary>
    private const double LeastSimilarity = 0.35;

    public IReadOnlyList<SentenceEvidence> Rank(string text, string? heading, string query, IReadOnlyList<QueryTerm> terms)
    {
        var asked = Asked(query, terms);
        var total = asked.Sum(term => term.Weight);
        var above = heading is null ? [] : Terms.In(heading).ToHashSet(StringComparer.Ordinal);
        var evidence = new List<SentenceEvidence>();
        foreach (var sentence in Sentences.In(text).Take(MaxSentences))
        {
            var words = Words.In(text[sentence.Start..sentence.End]).Where(word => !Terms.IsStopWord(word.Form)).ToList();
            var stems = words.Select(word => Terms.Stem(word.Form)).ToHashSet(StringComparer.Ordinal);
            var (covered, similar) = (0.0, 0.0);
            foreach (var term in asked)
            {
                var has = stems.Contains(term.Stem);
                covered += has ? term.Weight : 0;
                similar += term.Weight * (has ? 1 : Math.Max(above.Contains(term.Stem) ? 0.6 : 0, Nearest(term.Rank, words)));
            }

            var (coverage, similarity) = total == 0 ? (0, 0) : (covered / total, similar / total);
            evidence.Add(new(sentence.Start, sentence.End, (0.4 * coverage) + (0.6 * similarity), coverage, similarity));
        }

        return evidence;
    }

    private List<AskedTerm> Asked(string query, IReadOnlyList<QueryTerm> terms)
    {
        var ranks = Words.In(query).Where(word => !Terms.IsStopWord(word.Form))
            .GroupBy(word => Terms.Stem(word.Form), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => vectors?.Rank(group.First().Form) ?? -1, StringComparer.Ordinal);
        return [.. terms.Select(term => new AskedTerm(term.Stem, term.Idf, ranks.GetValueOrDefault(term.Stem, -1)))];
    }

    private double Nearest(int rank, List<Word> words)
    {
        if (rank < 0)
        {
            return 0;
        }

        var nearest = 0.0;
        foreach (var word in words)
        {
            if (vectors!.Rank(word.Form) is var other and >= 0)
            {
                nearest = Math.Max(nearest, vectors.Cosine(rank, other));
            }
        }

        return nearest < LeastSimilarity ? 0 : nearest;
    }

    private readonly record struct AskedTerm(string Stem, double Weight, int Rank);
}
