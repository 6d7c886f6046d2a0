using AiStack.Contracts.Search;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>Chooses the sentences that answer: the best one, and those that are nearly as good and say something else.</summary>
internal static class SentenceChoice
{
    /// <summary>The sentences in the order in which they read: the best one's passage first, each passage from its beginning.</summary>
    public static IReadOnlyList<QuotedSentence> From(IEnumerable<PassageSearchResponse> found, ExtractiveOptions options)
    {
        var ranked = found.SelectMany(search => search.Results)
            .SelectMany(passage => (passage.Sentences ?? []).Select(evidence => QuotedSentence.From(passage, evidence)))
            .OfType<QuotedSentence>()
            .OrderByDescending(sentence => sentence.Evidence.Score)
            .ThenByDescending(sentence => sentence.Passage.Score)
            .ThenBy(sentence => sentence.Passage.ChunkId.Value) // The same sources give the same answer, whatever else is equal.
            .ThenBy(sentence => sentence.Start);

        List<QuotedSentence> chosen = [];
        foreach (var sentence in ranked)
        {
            if (chosen.Count == options.MaxSentences ||
                (chosen is [var best, ..] && sentence.Evidence.Score < best.Evidence.Score * options.FurtherSentenceShare))
            {
                break;
            }

            // Passages overlap, and documents repeat one another.
            if (!chosen.Exists(other => other.Text.Contains(sentence.Text, StringComparison.OrdinalIgnoreCase)))
            {
                chosen.Add(sentence);
            }
        }

        return chosen;
    }
}
