using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Search;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.TextAnalysis;
using Microsoft.Extensions.AI;

namespace AiStack.Tests.Bench;

/// <summary>A text to find, and what it is a part of.</summary>
internal sealed record BenchPassage(string Source, string Text, string? Heading, string? TableHead, string Title = "");

/// <summary>The places of the right texts, from 1, by words, by vectors, and in the whole search.</summary>
internal sealed record TextRank(int[] Bm25, int[] Dense, int[] Whole)
{
    public static bool IsFirst(int[] places) => places is [1, ..];

    /// <summary>Normalised discounted cumulative gain of the first ten (Järvelin, Kekäläinen, 2002).</summary>
    public static double Ndcg(int[] places)
    {
        var ideal = Enumerable.Range(1, Math.Min(places.Length, 10)).Sum(Gain);
        return ideal == 0 ? 0 : places.Where(place => place <= 10).Sum(Gain) / ideal;
    }

    private static double Gain(int place) => 1 / Math.Log2(place + 1.0);
}

/// <summary>Texts in one store's index, without a database, indexed and searched as a store's are.</summary>
internal sealed class RankedTexts(WordVectors? words, IEmbeddingGenerator<string, Embedding<float>> embedder)
{
    private const int Best = 30;
    private const int NotFound = int.MaxValue;

    private readonly EmbedderIdentity _identity = new(embedder);
    private readonly StoreIndex _index =
        new(embedder.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelDimensions!.Value);

    private readonly Dictionary<Id<Chunk>, (string Source, IndexedText Text, byte[] Sentences)> _passages = [];

    public async Task AddAsync(List<BenchPassage> passages, CancellationToken cancellationToken)
    {
        var texts = passages.ConvertAll(passage => new IndexedText(
            Id<Chunk>.New(), 0, passage.Title, passage.Heading, passage.TableHead, passage.Text,
            Languages.Of(passage.Text)));
        var vectors = await embedder.GenerateAsync(
            texts.Select(text => text.Whole), cancellationToken: cancellationToken);
        foreach (var (number, text) in texts.Index())
        {
            var sentences = _identity.Knows(text.Language)
                ? await embedder.GenerateAsync(text.Sentences, cancellationToken: cancellationToken)
                : [];
            var stored = SentenceVectors.Write([.. sentences.Select(sentence => sentence.Vector)]);
            _passages[text.ChunkId] = (passages[number].Source, text, stored);
            _index.Add(
                new IndexedFile(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>()),
                IndexEntry.Create(text.ChunkId, 0, text.Whole, text.Language, vectors[number].Vector.Span));
        }
    }

    public async Task<TextRank> RankAsync(
        string query, IReadOnlySet<string> right, CancellationToken cancellationToken)
    {
        var embedded = await embedder.GenerateAsync([query], QueryOption.Options, cancellationToken);
        var vector = QueryVector.From(query, embedded[0].Vector.Span);
        var view = _index.For(Principals.None);
        var asked = Query.WordsOf(query, view.Languages);
        var all = HybridSearch.Run(view, asked, vector, filter: null, _passages.Count);
        var ranking = new SentenceRanking(words, all.Words, vector);
        return new(
            Places(all.Chunks.Where(chunk => chunk.Bm25 > 0).OrderByDescending(chunk => chunk.Bm25), right),
            Places(all.Chunks.OrderByDescending(chunk => chunk.Dense), right),
            Places(all.Chunks.Take(Best).OrderByDescending(chunk => Whole(ranking, chunk)), right));
    }

    private double Whole(SentenceRanking ranking, FoundChunk chunk)
    {
        var (_, text, sentences) = _passages[chunk.Id];
        return SentenceRanking.Blend(
            chunk.Score,
            ranking.Rank(text.Text, $"{text.Heading}\n{text.TableHead}", text.Language, sentences));
    }

    /// <summary>The place of the first text of each right source.</summary>
    private int[] Places(IEnumerable<FoundChunk> chunks, IReadOnlySet<string> right)
    {
        var places = chunks.Index().Select(chunk => (_passages[chunk.Item.Id].Source, Place: chunk.Index + 1))
            .Where(chunk => right.Contains(chunk.Source))
            .GroupBy(chunk => chunk.Source, (_, same) => same.Min(chunk => chunk.Place))
            .Order().ToList();
        return [.. places, .. Enumerable.Repeat(NotFound, right.Count - places.Count)];
    }
}
