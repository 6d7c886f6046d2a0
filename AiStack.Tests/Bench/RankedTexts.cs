using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Search;
using AiStack.Retrieval.Storage;
using AiStack.TextAnalysis;
using Microsoft.Extensions.AI;

namespace AiStack.Tests.Bench;

/// <summary>A text to find, and what it is a part of.</summary>
internal sealed record BenchPassage(string Source, string Text, string? Heading, string? TableHead);

/// <summary>The places of the first right text, from 1, by words, by vectors, and in the whole search.</summary>
internal readonly record struct TextRank(int Bm25, int Dense, int Whole);

/// <summary>Texts in one store's index, without a database, searched as a store is.</summary>
internal sealed class RankedTexts(WordVectors? words, IEmbeddingGenerator<string, Embedding<float>> embedder)
{
    private const int Best = 30;
    private const int NotFound = int.MaxValue;

    private readonly StoreIndex _index =
        new(embedder.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelDimensions!.Value);

    private readonly Dictionary<Id<Chunk>, (BenchPassage Passage, Language Language)> _passages = [];

    public async Task AddAsync(List<BenchPassage> passages, CancellationToken cancellationToken)
    {
        var texts = passages.ConvertAll(passage => string.Join(
            "\n\n", new[] { passage.Heading, passage.TableHead, passage.Text }.Where(part => part is not null)));
        var vectors = await embedder.GenerateAsync(texts, cancellationToken: cancellationToken);
        foreach (var (number, passage) in passages.Index())
        {
            var (id, language) = (Id<Chunk>.New(), Languages.Of(passage.Text));
            _passages[id] = (passage, language);
            _index.Add(
                new IndexedFile(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>()),
                IndexEntry.Create(id, 0, texts[number], language, vectors[number].Vector.Span));
        }
    }

    public async Task<TextRank> RankAsync(string query, string right, CancellationToken cancellationToken)
    {
        var vector = (await embedder.GenerateAsync([query], QueryOption.Options, cancellationToken))[0].Vector;
        var asked = Query.WordsOf(query, _index.Languages);
        var all = HybridSearch.Run(_index, asked, vector.Span, filter: null, _passages.Count);
        var ranking = new SentenceRanking(words, all.Words);
        return new(
            Rank(all.Chunks.Where(chunk => chunk.Bm25 > 0).OrderByDescending(chunk => chunk.Bm25), right),
            Rank(all.Chunks.OrderByDescending(chunk => chunk.Dense), right),
            Rank(all.Chunks.Take(Best).OrderByDescending(chunk => Whole(ranking, chunk)), right));
    }

    private double Whole(SentenceRanking ranking, FoundChunk chunk)
    {
        var (passage, language) = _passages[chunk.Id];
        var sentences = ranking.Rank(passage.Text, $"{passage.Heading}\n{passage.TableHead}", language);
        return (0.5 * chunk.Score)
            + (0.5 * sentences.Select(sentence => sentence.Score).DefaultIfEmpty().Max());
    }

    private int Rank(IEnumerable<FoundChunk> chunks, string right)
    {
        var rank = chunks.Index()
            .Where(chunk => _passages[chunk.Item.Id].Passage.Source == right)
            .Select(chunk => chunk.Index + 1)
            .FirstOrDefault();
        return rank == 0 ? NotFound : rank;
    }
}
