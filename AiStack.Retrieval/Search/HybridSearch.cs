using System.Buffers;
using System.Collections.Frozen;
using AiStack.Contracts;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Quality;
using AiStack.TextAnalysis;

namespace AiStack.Retrieval.Search;

/// <summary>A word of the query and how much it tells: its BM25 inverse document frequency in the store.</summary>
internal readonly record struct WeighedWord(QueryWord Word, double Idf);

/// <summary>What one store has for a query.</summary>
/// <param name="MaxBm25">The most that any text could score: every term, often.</param>
internal sealed record Found(IReadOnlyList<FoundChunk> Chunks, IReadOnlyList<WeighedWord> Words, double MaxBm25)
{
    /// <summary>Files that near-duplicates stand for.</summary>
    public IReadOnlySet<Id<StoredFile>> Hidden { get; init; } = FrozenSet<Id<StoredFile>>.Empty;
}

internal sealed record FoundChunk(
    Id<Chunk> Id, Id<StoredFile> FileId, double Score, double Bm25, double Dense, double Fused)
{
    /// <summary>Files in sight that are near-duplicates of its own, where the store names them.</summary>
    public IReadOnlyList<Id<StoredFile>> NearDuplicates { get; init; } = [];
}

/// <summary>
/// Words and meaning together: BM25 (Robertson, Zaragoza: "The Probabilistic Relevance Framework: BM25 and Beyond",
/// 2009) and the cosine of vectors, both computed for every chunk, each scaled to its least and most in the store, and
/// added: half and half, but where no chunk has much of the query's words, what they have is chance, and counts less,
/// if vectors understand the query. A chunk that has no vector yet counts as if both were the same.
/// </summary>
internal static class HybridSearch
{
    // The values that most engines use, among them Lucene's.
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>
    /// The share of the most that BM25 could reach, from which on words count a half. Where the best chunk has less,
    /// they count as much less.
    /// </summary>
    private const double TellingShare = 0.3;

    public static Found Run(
        StoreView view,
        IReadOnlyList<QueryWord> words,
        QueryVector vector,
        Filter? filter,
        int count,
        string nearDuplicates = QualityPolicy.Keep,
        IReadOnlySet<Id<StoredFile>>? hiddenBefore = null)
    {
        var index = view.Index;
        var bm25 = ArrayPool<float>.Shared.Rent(Math.Max(1, index.Capacity));
        var dense = ArrayPool<float>.Shared.Rent(Math.Max(1, index.Capacity));
        try
        {
            bm25.AsSpan(0, index.Capacity).Clear();
            var weighed = AddBm25(view, words, bm25);
            index.Score(vector, dense);
            var most = weighed.Sum(word => word.Idf) * (K1 + 1);
            var range = Range.Of(view, bm25, dense, vector.IsUnderstood ? most : 0);
            var passes = new Dictionary<IndexedFile, bool>(ReferenceEqualityComparer.Instance);
            bool Finds(IndexedFile file) => view.Sees(file) && (filter is null || Passes(filter, file, passes));
            var hidden = hiddenBefore ?? NearDuplicates.Hidden(
                index, nearDuplicates, Finds, document => range.Fuse(index, document, bm25, dense));
            var best = Best(
                view, bm25, dense, range, file => !hidden.Contains(file.Id) && Finds(file), count);
            var found = Scale(index, best, most);
            return new(NearDuplicates.Name(index, nearDuplicates, Finds, found), weighed, most) { Hidden = hidden };
        }
        finally
        {
            ArrayPool<float>.Shared.Return(bm25);
            ArrayPool<float>.Shared.Return(dense);
        }
    }

    private static List<WeighedWord> AddBm25(StoreView view, IReadOnlyList<QueryWord> words, float[] scores)
    {
        var index = view.Index;
        var average = Math.Max(1, view.AverageLength);
        var lengths = index.Lengths;
        var weighed = new List<WeighedWord>(words.Count);
        foreach (var word in words)
        {
            // A text has the term of its own language, so that the lists of a word's terms hardly meet.
            var lists = word.Terms.Select(term => index.Postings(term.Hash)).OfType<StoreIndex.PostingList>().ToList();
            var frequency = Math.Min(lists.Sum(view.LiveCount), view.Count);
            var idf = Math.Log(1 + ((view.Count - frequency + 0.5) / (frequency + 0.5)));
            weighed.Add(new(word, idf));
            foreach (var postings in lists)
            {
                var documents = postings.Documents;
                var counts = postings.Counts;
                for (var i = 0; i < documents.Length; i++)
                {
                    var length = K1 * (1 - B + (B * lengths[documents[i]] / average));
                    scores[documents[i]] += (float)(idf * counts[i] * (K1 + 1) / (counts[i] + length));
                }
            }
        }

        return weighed;
    }

    private static List<Hit> Best(
        StoreView view, float[] bm25, float[] dense, Range range, Func<IndexedFile, bool> finds, int count)
    {
        var index = view.Index;
        var files = index.Files;
        var best = new PriorityQueue<Hit, (float, int)>(count + 1);
        var least = 0f;
        for (var document = 0; document < files.Length; document++)
        {
            // Most are too low to be among the best, so that is asked first.
            var score = range.Fuse(index, document, bm25, dense);
            if (score <= least || files[document] is not { } file || !finds(file))
            {
                continue;
            }

            // Of equals the earlier stays, so that the same search has the same answer.
            best.Enqueue(new(document, score, bm25[document], dense[document]), (score, -document));
            if (best.Count > count)
            {
                best.Dequeue();
            }

            least = best.Count == count && best.TryPeek(out _, out var lowest) ? lowest.Item1 : 0;
        }

        var sorted = new List<Hit>(best.Count);
        while (best.TryDequeue(out var hit, out _))
        {
            sorted.Add(hit);
        }

        sorted.Reverse();
        return sorted;
    }

    /// <summary>
    /// Fused scores rank within a store, where the best is near 1 even if nothing fits. What is reported is scaled by
    /// how well the best fits in itself: its share of the most that BM25 could reach, and its cosine, half and half.
    /// </summary>
    private static List<FoundChunk> Scale(StoreIndex index, List<Hit> hits, double most)
    {
        var fit = hits.Count == 0 ? 0 : hits.Max(hit => Fit(index, hit, most));
        return
        [
            .. hits.Select(hit => new FoundChunk(
                index.ChunkOf(hit.Document), index.Files[hit.Document]!.Id, Math.Clamp(hit.Score * fit, 0, 1),
                Share(hit.Bm25, most), hit.Dense, hit.Score)),
        ];
    }

    private static double Fit(StoreIndex index, Hit hit, double most) => index.HasVector(hit.Document)
        ? (0.5 * Share(hit.Bm25, most)) + (0.5 * Math.Clamp(hit.Dense, 0, 1))
        : Share(hit.Bm25, most);

    private static double Share(double bm25, double most) => most <= 0 ? 0 : bm25 / most;

    private static bool Passes(Filter filter, IndexedFile file, Dictionary<IndexedFile, bool> known)
    {
        if (!known.TryGetValue(file, out var passes))
        {
            known[file] = passes = filter.Passes(file.Attributes);
        }

        return passes;
    }

    /// <summary>The least and most of both scores over what can be found.</summary>
    /// <param name="Words">What words count, up to a half.</param>
    private readonly record struct Range(float MaxBm25, float MinDense, float MaxDense, float Words)
    {
        /// <param name="most">The most that BM25 could reach; 0 where words count a half in any case.</param>
        public static Range Of(StoreView view, float[] bm25, float[] dense, double most)
        {
            var (maxBm25, minDense, maxDense) = (0f, float.MaxValue, float.MinValue);
            var files = view.Index.Files;
            for (var document = 0; document < files.Length; document++)
            {
                if (!view.Sees(files[document]))
                {
                    continue;
                }

                maxBm25 = Math.Max(maxBm25, bm25[document]);
                if (view.Index.HasVector(document))
                {
                    minDense = Math.Min(minDense, dense[document]);
                    maxDense = Math.Max(maxDense, dense[document]);
                }
            }

            var words = most <= 0 ? 0.5 : 0.5 * Math.Min(1, Share(maxBm25, most) / TellingShare);
            return new(maxBm25, minDense, maxDense, (float)words);
        }

        public float Fuse(StoreIndex index, int document, float[] bm25, float[] dense) => index.HasVector(document)
            ? Fuse(bm25[document], dense[document])
            : Fuse(bm25[document]);

        private float Fuse(float bm25) => MaxBm25 > 0 ? bm25 / MaxBm25 : 0;

        // When all cosines are the same they say nothing, unless there is but one chunk.
        private float Fuse(float bm25, float dense) =>
            (Words * Fuse(bm25))
            + ((1 - Words) * (MaxDense > MinDense ? (dense - MinDense) / (MaxDense - MinDense) : Math.Max(0, dense)));
    }
}
