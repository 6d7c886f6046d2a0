using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Serving.Engines.Extractive;
using AiStack.TextAnalysis;

namespace AiStack.Tests.Serving;

/// <summary>Search results as Retrieval would give them.</summary>
internal static class Found
{
    public static Id<VectorStore> Store { get; } = Id<VectorStore>.New();

    /// <summary>A question to passages in English.</summary>
    public static Question Question(string text) => new(text, [Languages.English]);

    /// <summary>A passage of which every sentence, divided at ". ", has the score given for it.</summary>
    public static Passage Passage(string text, params double[] scores)
    {
        List<SentenceEvidence> sentences = [];
        var start = 0;
        foreach (var score in scores)
        {
            var stop = text.IndexOf(". ", start, StringComparison.Ordinal);
            var end = stop < 0 ? text.Length : stop + 1;
            sentences.Add(new(start, end, score, score, score));
            start = Math.Min(end + 1, text.Length);
        }

        return new(
            Store, Id<StoredFile>.New(), "leave.md", Id<Chunk>.New(), 0, text, scores.DefaultIfEmpty().Max(),
            new(.5, .5, .5), 100, 100 + text.Length, 3, "Leave > Days", JsonElement.Parse("{}"), sentences);
    }

    /// <summary>
    /// A search that found <paramref name="passages"/>, and the evidence that the store covers the question.
    /// </summary>
    public static PassageSearchResponse Search(double coverage, params Passage[] passages) =>
        new("", passages, new(coverage, coverage, coverage));
}
