namespace AiStack.Serving.Engines.Extractive;

/// <summary>
/// Chooses the sentences that answer: the best one, and those that are nearly as good and say something else.
/// </summary>
internal static class SentenceChoice
{
    /// <summary>
    /// The sentences in the order in which they read: those of a passage in the passage's order, the best one's passage
    /// first.
    /// </summary>
    public static IReadOnlyList<QuotedSentence> From(IReadOnlyList<Candidate> ranked, ExtractiveOptions options)
    {
        List<QuotedSentence> chosen = [];
        foreach (var candidate in ranked)
        {
            if (chosen.Count == options.MaxSentences ||
                Math.Exp(candidate.Score - ranked[0].Score) < options.FurtherSentenceOdds)
            {
                break;
            }

            // Passages overlap, and documents repeat one another.
            var sentence = candidate.Sentence.WithRows();
            if (!chosen.Exists(other => other.Text.Contains(sentence.Text, StringComparison.OrdinalIgnoreCase)))
            {
                chosen.RemoveAll(sentence.Covers);
                chosen.Add(sentence);
            }
        }

        var passages = chosen.Select(sentence => sentence.Passage.ChunkId).Distinct().ToList();
        return
        [
            .. chosen.OrderBy(sentence => passages.IndexOf(sentence.Passage.ChunkId)).ThenBy(
                sentence => sentence.Start),
        ];
    }
}
