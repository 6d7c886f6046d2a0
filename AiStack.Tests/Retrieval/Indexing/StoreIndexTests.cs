using AiStack.Contracts;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Search;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.TextAnalysis;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Retrieval.Indexing;

/// <summary>The index in memory, held against the textbook.</summary>
public sealed class StoreIndexTests
{
    private static readonly Gen<string> _texts =
        Gen.OneOfConst("apple", "banana", "cherry", "date", "elder", "fig").Array[1, 12]
            .Select(words => string.Join(' ', words));

    [Fact]
    public void It_knows_whether_a_document_that_can_be_found_lacks_its_vector()
    {
        var index = new StoreIndex(8);
        var (with, without) = (File(), File());
        static IndexedFile File() => new(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>());
        static IndexEntry Entry(float[] vector) =>
            IndexEntry.Create(Id<Chunk>.New(), 0, "apple", Languages.English, vector);

        index.Add(with, Entry([1, 0, 0, 0, 0, 0, 0, 0]));
        Assert.False(index.LacksVectors);

        index.Add(without, Entry([]));
        Assert.True(index.LacksVectors);

        index.Remove(without.Id);
        Assert.False(index.LacksVectors);
    }

    [Fact]
    public void Bm25_is_the_textbooks_and_a_removed_file_counts_no_more() =>
        Gen.Select(_texts.Array[2, 12], _texts).Sample((texts, query) =>
        {
            var index = new StoreIndex(dimensions: 8);
            var files = texts.Select(
                _ => new IndexedFile(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>())).ToList();
            for (var i = 0; i < texts.Length; i++)
            {
                index.Add(files[i], IndexEntry.Create(Id<Chunk>.New(), 0, texts[i], Languages.English, new float[8]));
            }

            index.Remove(files[0].Id);

            var found = Search(index, query, count: 100);
            var expected = Bm25(texts[1..], query).Where(score => score > 0).OrderDescending().ToList();
            var actual = found.Chunks.Select(chunk => chunk.Bm25 * found.MaxBm25).Where(score => score > 0).ToList();
            return expected.Count == actual.Count
                && expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) < 1e-3);
        });

    [Fact]
    public void What_those_find_who_ask_is_what_an_index_of_their_own_files_would_find() =>
        Gen.Select(
            Gen.Select(_texts, Gen.OneOfConst("a", "b", "c").Array[0, 3], Gen.Bool).Array[1, 20],
            Gen.OneOfConst("a", "b", "c").Array[0, 2],
            _texts).Sample((files, asking, query) =>
        {
            var (whole, own) = (new StoreIndex(dimensions: 8), new StoreIndex(dimensions: 8));
            foreach (var (text, principals, isForEverybody) in files)
            {
                var entry = IndexEntry.Create(Id<Chunk>.New(), 0, text, Languages.English, Vector(text));
                whole.Add(File(whole.AudienceOf(isForEverybody ? null : principals)), entry);
                if (isForEverybody || principals.Intersect(asking).Any())
                {
                    own.Add(File(null), entry);
                }
            }

            return Run(whole).SequenceEqual(Run(own));

            IEnumerable<(Id<Chunk>, double, double, double)> Run(StoreIndex index) => HybridSearch.Run(
                    index.For(asking.ToHashSet()), Asked(query), QueryVector.From(query, Vector(query)), null, 3)
                .Chunks.Select(chunk => (chunk.Id, chunk.Score, chunk.Bm25, chunk.Dense));
        });

    [Theory]
    [InlineData(null)]
    [InlineData("group:hr")]
    public void A_language_is_asked_in_as_long_as_a_document_that_can_be_found_is_in_it(string? principal)
    {
        var index = new StoreIndex(dimensions: 8);
        var audience = index.AudienceOf(principal is null ? null : [principal]);
        var (first, second, english) = (File(audience), File(audience), File(audience));
        index.Add(english, IndexEntry.Create(Id<Chunk>.New(), 0, "apple", Languages.English, new float[8]));
        index.Add(first, IndexEntry.Create(Id<Chunk>.New(), 0, "Apfel", German, new float[8]));
        index.Add(second, IndexEntry.Create(Id<Chunk>.New(), 0, "Birne", German, new float[8]));

        index.Remove(first.Id);
        Assert.Equal(["de", "en"], Asked());
        index.Remove(second.Id);
        Assert.Equal(["en"], Asked());

        IEnumerable<string> Asked() =>
            index.For(new HashSet<string> { "group:hr" }).Languages.Select(language => language.Code).Order();
    }

    private static Language German => Languages.Find("de")!;

    private static IndexedFile File(Audience? audience) =>
        new(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>(), audience);

    private static float[] Vector(string text) => [text.Length, 1, text[0], text[^1], 5, 0, 0, 3];

    [Fact]
    public void Of_equal_chunks_the_first_comes_first()
    {
        var index = new StoreIndex(dimensions: 8);
        var ids = Enumerable.Range(0, 20).Select(_ => Id<Chunk>.New()).ToList();
        foreach (var id in ids)
        {
            var file = new IndexedFile(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>());
            index.Add(file, IndexEntry.Create(id, 0, "the same apple", Languages.English, new float[8]));
        }

        var found = Search(index, "apple", count: 5);

        Assert.Equal(ids.Take(5), found.Chunks.Select(chunk => chunk.Id));
    }

    [Theory]
    [InlineData("home rules", "rules")]
    [InlineData("my father passed away, how many days may I stay home", "near")]
    [InlineData("wie lange darf ich nach dem Tod des Vaters home bleiben", "rules")] // Vectors do not understand it.
    public void Words_count_less_than_meaning_where_no_chunk_has_much_of_them(string query, string first)
    {
        var index = new StoreIndex(dimensions: 8);
        var ids = new Dictionary<string, Id<Chunk>>();
        void Add(string name, string text, float[] vector)
        {
            ids[name] = Id<Chunk>.New();
            var file = new IndexedFile(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>());
            index.Add(file, IndexEntry.Create(ids[name], 0, text, Languages.English, vector));
        }

        Add("rules", "rules for the home office", [.5f, .866f, 0, 0, 0, 0, 0, 0]);
        Add("near", "bereavement of a relative", [1, 0, 0, 0, 0, 0, 0, 0]);
        Add("far", "prices of trailers", [0, 1, 0, 0, 0, 0, 0, 0]);

        var found = HybridSearch.Run(
            index.For(Principals.None),
            Asked(query),
            QueryVector.From(query, [1f, 0, 0, 0, 0, 0, 0, 0]),
            filter: null,
            count: 3);

        Assert.Equal(ids[first], found.Chunks[0].Id);
    }

    private static Found Search(StoreIndex index, string query, int count) => HybridSearch.Run(
        index.For(Principals.None), Asked(query), QueryVector.From(new float[8]), filter: null, count);

    private static IReadOnlyList<QueryWord> Asked(string query) => Query.WordsOf(query, [Languages.English]);

    /// <summary>Robertson and Zaragoza, with Lucene's never-negative idf; k1 = 1.2, b = 0.75.</summary>
    private static IEnumerable<double> Bm25(string[] texts, string query)
    {
        var documents = texts
            .Select(text => Languages.English.TermsIn(text).Select(term => term.Stem).ToList()).ToList();
        var average = documents.Average(document => document.Count);
        foreach (var document in documents)
        {
            yield return Languages.English.TermsIn(query).Select(term => term.Stem).Distinct().Sum(term =>
            {
                var frequency = documents.Count(other => other.Contains(term));
                var count = document.Count(other => other == term);
                var idf = Math.Log(1 + ((documents.Count - frequency + 0.5) / (frequency + 0.5)));
                return idf * count * 2.2 / (count + (1.2 * (0.25 + (0.75 * document.Count / average))));
            });
        }
    }
}
