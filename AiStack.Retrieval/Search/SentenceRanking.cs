using AiStack.Contracts.Search;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Text;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Finds which sentences answer for one query: by the words they share with it, and by words that mean nearly the same.
/// Made for one search, it looks at each word only once; not for several threads.
/// </summary>
internal sealed class SentenceRanking
{
    /// <summary>Sentences of one passage that are looked at; a passage of more is a table or a list.</summary>
    private const int MaxSentences = 200;

    /// <summary>A cosine below this is chance.</summary>
    private const float LeastSimilarity = 0.35f;

    /// <summary>A word of the heading is about the whole section, so a bit less about one sentence in it.</summary>
    private const float HeadingShare = 0.6f;

    private readonly WordVectors? _vectors;
    private readonly (string Stem, double Weight, int Rank)[] _asked;
    private readonly double _total;
    private readonly Dictionary<string, float[]> _known = new(StringComparer.Ordinal);

    public SentenceRanking(WordVectors? vectors, string query, IReadOnlyList<QueryTerm> terms)
    {
        var ranks = Words.In(query).DistinctBy(word => Terms.Of(word.Form).Stem).ToDictionary(
            word => Terms.Of(word.Form).Stem, word => vectors?.Rank(word.Form) ?? -1, StringComparer.Ordinal);
        _vectors = vectors;
        _asked = [.. terms.Select(term => (term.Stem, term.Idf, ranks.GetValueOrDefault(term.Stem, -1)))];
        _total = Math.Max(_asked.Sum(term => term.Weight), double.Epsilon);
    }

    public IReadOnlyList<SentenceEvidence> Rank(string text, string? heading)
    {
        var above = new float[_asked.Length];
        AddWords(heading ?? "", above);
        var evidence = new List<SentenceEvidence>();
        var best = new float[_asked.Length];
        foreach (var sentence in Sentences.In(text).Take(MaxSentences))
        {
            Array.Clear(best);
            AddWords(text[sentence.Start..sentence.End], best);
            var (covered, similar) = (0.0, 0.0);
            for (var i = 0; i < _asked.Length; i++)
            {
                covered += best[i] >= 1 ? _asked[i].Weight : 0;
                similar += _asked[i].Weight * Math.Max(best[i], above[i] >= 1 ? HeadingShare : 0);
            }

            var (coverage, similarity) = (covered / _total, similar / _total);
            var score = (0.4 * coverage) + (0.6 * similarity);
            evidence.Add(new(sentence.Start, sentence.End, score, coverage, similarity));
        }

        return evidence;
    }

    /// <summary>
    /// Raises, for each term asked for, the similarity to the nearest word of <paramref name="text"/>.
    /// </summary>
    private void AddWords(string text, float[] best)
    {
        foreach (var word in Words.In(text))
        {
            if (!Terms.Of(word.Form).IsStopWord)
            {
                System.Numerics.Tensors.TensorPrimitives.Max(best, SimilarityOf(word.Form), best);
            }
        }
    }

    private float[] SimilarityOf(string form)
    {
        if (_known.TryGetValue(form, out var known))
        {
            return known;
        }

        var stem = Terms.Of(form).Stem;
        var rank = _vectors?.Rank(form) ?? -1;
        known = Array.ConvertAll(_asked, term => term.Stem == stem ? 1 : Similarity(term.Rank, rank));
        return _known[form] = known;
    }

    private float Similarity(int first, int second)
    {
        // Below 1 even for two spellings of one vector: 1 is kept for the same word.
        var cosine = first < 0 || second < 0 ? 0 : Math.Min(_vectors!.Cosine(first, second), 0.99f);
        return cosine < LeastSimilarity ? 0 : cosine;
    }
}
