using AiStack.Contracts.Search;
using AiStack.Retrieval.Reranking;

namespace AiStack.Retrieval.Search;

/// <summary>
/// The order of what was found: by the whole chunk and its best sentence, what was superseded or is of another year
/// than the query's lower, and then by the reranker, or without one by late interaction; <c>none</c> as ranker leaves
/// all but the first out.
/// </summary>
internal sealed class PassageRanking(Reranker reranker, LateInteraction lateInteraction)
{
    /// <summary>The passages of rows that were found, best first, of those with the same words the best.</summary>
    public static List<WeighedPassage> Ranked(
        List<PassageRow> rows,
        List<StoreHit> hits,
        PassageSearchRequest request,
        SentenceRanking sentences)
    {
        var byHit = rows.ToDictionary(row => (row.StoreId, row.ChunkId));
        var ranksSentences = request.RankingOptions?.Ranker != "none";
        var threshold = request.RankingOptions?.ScoreThreshold ?? 0;
        var years = new AskedYears(request.Query);
        var supersession = new Supersession(request.Query, rows, years);
        return
        [
            .. hits.Where(hit => byHit.ContainsKey((hit.Store, hit.Chunk.Id)))
                .Select(hit => byHit[(hit.Store, hit.Chunk.Id)].ToPassage(hit.Chunk, sentences, ranksSentences))
                .Select(passage => WeighedPassage.From(
                    passage, ranksSentences ? years.Weigh(supersession.Weigh(passage)) : passage))
                .OrderByDescending(weighed => weighed.Passage.Score)
                .Where(weighed => weighed.Passage.Score >= threshold)
                .GroupBy(weighed => weighed.Passage.Text, StringComparer.Ordinal)
                .Select(WithCopies),
        ];
    }

    /// <summary>As many as are asked for, in the last order, with what is asked for of each.</summary>
    public async Task<List<Passage>> ChosenAsync(
        List<WeighedPassage> ranked, PassageSearchRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<Passage> passages = ranked.ConvertAll(weighed => weighed.Passage);
        if (request.RankingOptions?.Ranker != "none")
        {
            passages = reranker.HasModel
                ? await reranker.OrderAsync(
                    request.Query, passages, ranked.ConvertAll(weighed => weighed.Weight), cancellationToken)
                : await lateInteraction.OrderAsync(request.Query, ranked, cancellationToken);
        }

        return
        [
            .. passages.Take(request.MaxNumResults).Select(passage => passage with
            {
                Sentences = request.IncludeSentences ? passage.Sentences : null,
                Origin = request.IncludeOrigin ? passage.Origin : null,
            }),
        ];
    }

    /// <summary>The best of passages with the same words, which names the files of the others.</summary>
    private static WeighedPassage WithCopies(IGrouping<string, WeighedPassage> same)
    {
        var best = same.First();
        var others = same.Select(one => one.Passage.FileId).Where(file => file != best.Passage.FileId).Distinct()
            .ToList();
        return others.Count == 0 ? best : best with { Passage = best.Passage with { AlsoIn = others } };
    }
}

/// <summary>A passage that was found, and what it counts beside others as good.</summary>
internal sealed record WeighedPassage(Passage Passage, double Weight)
{
    public static WeighedPassage From(Passage before, Passage weighed) =>
        new(weighed, before.Score > 0 ? weighed.Score / before.Score : 1);
}
