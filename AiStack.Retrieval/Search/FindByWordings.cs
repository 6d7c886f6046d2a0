using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.OnnxModels;
using AiStack.TextAnalysis;
using AiStack.TextAnalysis.Synonyms;
using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Search;

/// <summary>Finds the best chunks for a query, as it is said and in other words.</summary>
internal sealed class FindByWordings(
    SearchTurns turns, IEmbeddingGenerator<string, Embedding<float>> embedder, EmbedderIdentity identity)
{
    /// <summary>Found beyond what was asked for, in case some are copies, or of files deleted this moment.</summary>
    private const int Spare = 10;

    /// <summary>Chunks whose sentences are looked at before the best are chosen.</summary>
    private const int Candidates = 30;

    /// <summary>First what is found by the query as it is; of ranker <c>none</c> that alone.</summary>
    /// <param name="languages">Of what those may find who ask.</param>
    public async Task<Outcome<List<FoundByWording>>> RunAsync(
        IReadOnlyList<AskedStore> loaded,
        IReadOnlySet<Language> languages,
        IReadOnlyList<SynonymRules> rules,
        PassageSearchRequest request,
        Filter? filter,
        CancellationToken cancellationToken)
    {
        var wordings = request.RankingOptions?.Ranker == "none"
            ? [request.Query]
            : await turns.RunAsync(() => Wordings.Of(request.Query, rules, loaded), cancellationToken);
        var found = new List<FoundByWording>();
        // Which of near-duplicates is shown is the same in each wording, or one would hide what another found.
        var hidden = new Dictionary<Id<VectorStore>, IReadOnlySet<Id<StoredFile>>>();
        foreach (var wording in wordings)
        {
            if (!(await VectorAsync(wording, cancellationToken)).TryGet(out var vector, out var fault))
            {
                return fault;
            }

            found.Add(await FindAsync(
                loaded, languages, request with { Query = wording }, vector, filter, hidden, cancellationToken));
        }

        return found;
    }

    private async Task<Outcome<QueryVector>> VectorAsync(string query, CancellationToken cancellationToken)
    {
        try
        {
            var embeddings = await embedder.GenerateAsync([query], QueryOption.Options, cancellationToken);
            return QueryVector.From(embeddings[0].Vector.Span) with
            {
                IsUnderstood = identity.Understands(Languages.Of(query)),
            };
        }
        catch (ModelRefusedException)
        {
            return CreateEmbeddings.NoVector("query");
        }
    }

    private async Task<FoundByWording> FindAsync(
        IReadOnlyList<AskedStore> loaded,
        IReadOnlySet<Language> languages,
        PassageSearchRequest request,
        QueryVector vector,
        Filter? filter,
        Dictionary<Id<VectorStore>, IReadOnlySet<Id<StoredFile>>> hidden,
        CancellationToken cancellationToken)
    {
        var query = Query.WordsOf(request.Query, languages);
        var count = Math.Max(Candidates, request.MaxNumResults + Spare);
        var hits = new List<StoreHit>();
        IReadOnlyList<WeighedWord> asked = [];
        foreach (var store in loaded)
        {
            var found = await turns.RunAsync(
                () => store.Read(view => HybridSearch.Run(
                    view, query, vector, filter, count, store.NearDuplicates, hidden.GetValueOrDefault(store.Id))),
                cancellationToken);
            hidden.TryAdd(store.Id, found.Hidden);
            hits.AddRange(found.Chunks.Select(chunk => new StoreHit(store.Id, chunk)));
            asked = found.Words;
        }

        return new(request, vector, [.. hits.OrderByDescending(hit => hit.Chunk.Score).Take(count)], asked);
    }
}

/// <summary>What was found for a query in one wording.</summary>
internal sealed record FoundByWording(
    PassageSearchRequest Request, QueryVector Vector, List<StoreHit> Hits, IReadOnlyList<WeighedWord> Asked);
