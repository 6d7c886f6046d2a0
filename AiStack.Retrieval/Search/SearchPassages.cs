using System.Diagnostics;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Rewriting;
using AiStack.Retrieval.Storage;
using AiStack.Retrieval.Synonyms;
using AiStack.ServiceDefaults.Authentication;
using AiStack.TextAnalysis;
using AiStack.TextAnalysis.Synonyms;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Searches stores: 1. their versions, which also tells that they are the project's; 2. their indexes, brought up to
/// those; 3. the query rewritten, if that is asked for, its slips mended, its vector, and its words in the stores'
/// languages; 4. the best chunks; 5. their texts, from which deleted files are gone already; 6. the order: by the whole
/// chunk and its best sentence, what was superseded or is of another year than the query's lower, and then by the
/// reranker, or late interaction, unless <c>ranker</c> is <c>none</c>; of passages with the same words the first. No
/// connection is held from one step to the next.
/// </summary>
internal sealed class SearchPassages(
    SearchableStores searchable,
    PassageRows passageRows,
    PassageSections sections,
    StoreIndexes indexes,
    SearchTurns turns,
    FindByWordings byWordings,
    EmbedderIdentity identity,
    WordVectorsInMemory words,
    EnglishWords english,
    KnownSynonyms synonyms,
    QueryRewriter rewriter,
    PassageRanking ranking,
    RetrievalTelemetry telemetry,
    SearchTraffic traffic,
    SearchedFirst searchedFirst,
    TimeProvider time)
{
    public const int MaxResults = 50;
    public const int MaxQueryLength = 10_000;
    public const int MaxStores = 20;

    /// <summary>What faults about the stores name.</summary>
    public const string StoresParameter = "vector_store_ids";

    /// <summary>Searches for those whom the caller asks for: nothing that is for others has a part in it.</summary>
    public async Task<Outcome<PassageSearchResponse>> RunAsync(
        Caller caller, PassageSearchRequest request, CancellationToken cancellationToken)
    {
        if (Check(request) is { } fault)
        {
            return fault;
        }

        var filter = default(Filter);
        if (request.Filters is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } filters
            && !Filter.Parse(filters).TryGet(out filter, out fault))
        {
            return fault;
        }

        if (!turns.Take().TryGet(out var place, out fault))
        {
            return fault;
        }

        using var taken = place;
        using var activity = RetrievalTelemetry.Activities.StartActivity("search");
        RetrievalTelemetry.Asked(activity, request);
        var started = time.GetTimestamp();
        traffic.Note();
        var (projectId, principals) = (caller.ProjectId, caller.Principals ?? Principals.None);
        var stores = await searchable.ReadAsync(projectId, request.VectorStoreIds, cancellationToken);
        if (request.VectorStoreIds.FirstOrDefault(id => stores.All(store => store.Id.ToString() != id)) is { } missing)
        {
            return StoreRows.NotFound(missing) with { Parameter = StoresParameter };
        }

        if (stores.Find(store => store.IsExpired) is { } expired)
        {
            return StoreRows.Expired(expired.Id.ToString()) with { Parameter = StoresParameter };
        }

        var loaded = await LoadAsync(projectId, stores, principals, cancellationToken);
        var rewritten = request.RewriteQuery ? await rewriter.RewriteAsync(request.Query, cancellationToken) : null;
        var said = rewritten?.Query ?? request.Query;
        var rules = await synonyms.OfAsync(projectId, stores.ConvertAll(store => store.Synonyms), cancellationToken);
        var languages = AskedStore.LanguagesOf(loaded);
        request = request with { Query = await MendedAsync(said, loaded, languages, rules, cancellationToken) };
        if (!(await byWordings.RunAsync(loaded, languages, rules, request, filter, cancellationToken))
            .TryGet(out var found, out fault))
        {
            return fault;
        }

        var hits = found.SelectMany(one => one.Hits).DistinctBy(hit => (hit.Store, hit.Chunk.Id)).ToList();
        var rows = await passageRows.ReadAsync(projectId, principals, hits, cancellationToken);
        var ranked = await turns.RunAsync(() => PassageRanking.Ranked(rows, found, words.Vectors), cancellationToken);
        var (asked, passages) = await ranking.ChosenAsync(ranked, request, cancellationToken);
        passages = request.IncludeSection
            ? await sections.AddAsync(projectId, passages, cancellationToken)
            : passages;
        telemetry.Searched(time.GetElapsedTime(started), passages.Count);
        RetrievalTelemetry.Found(activity, passages, hits.Count, Runs(rows));
        return new PassageSearchResponse(asked, passages, EvidenceOf(passages))
        {
            Rewriting = rewritten?.Rewriting,
        };
    }

    private static Fault? Check(PassageSearchRequest request) => request switch
    {
        { MaxNumResults: < 1 or > MaxResults } =>
            new(FaultCode.InvalidArgument, $"'max_num_results' must be 1 to {MaxResults}.", "max_num_results"),
        { Query.Length: > MaxQueryLength } =>
            new(
                FaultCode.InvalidArgument,
                $"'query' is longer than {MaxQueryLength} characters, which is the limit.",
                "query"),
        _ when string.IsNullOrWhiteSpace(request.Query) =>
            new(FaultCode.InvalidArgument, "'query' is empty.", "query"),
        { VectorStoreIds.Count: 0 or > MaxStores } =>
            new(FaultCode.InvalidArgument, $"Name 1 to {MaxStores} vector stores.", StoresParameter),
        { RankingOptions.ScoreThreshold: < 0 or > 1 } =>
            new(
                FaultCode.InvalidArgument,
                "'ranking_options.score_threshold' must be 0 to 1.",
                "ranking_options.score_threshold"),
        { RankingOptions.Ranker: not (null or "auto" or "none" or "default-2024-11-15") } =>
            new(FaultCode.InvalidArgument, "'ranking_options.ranker' must be 'auto'.", "ranking_options.ranker"),
        _ => null,
    };

    private async Task<List<AskedStore>> LoadAsync(
        Id<Project> projectId,
        List<SearchableStore> stores,
        IReadOnlySet<string> principals,
        CancellationToken cancellationToken)
    {
        var loaded = new List<AskedStore>(stores.Count);
        foreach (var store in stores)
        {
            var index = await indexes.GetAsync(projectId, store.Id, store.Version, cancellationToken);
            loaded.Add(new(store.Id, index, principals, store.NearDuplicates));
            if (identity.Follows && index.Read(read => read.LacksVectors))
            {
                searchedFirst.Note(store.Id);
            }
        }

        return loaded;
    }

    /// <summary>The query with its words spelled as the stores spell them; most have no slips.</summary>
    private async Task<string> MendedAsync(
        string query,
        List<AskedStore> loaded,
        IReadOnlySet<Language> languages,
        IReadOnlyList<SynonymRules> rules,
        CancellationToken cancellationToken)
    {
        var spelling = new Spelling(
            english.Ranks,
            languages,
            hash => loaded.Sum(store => store.CountOf(hash)) + rules.Count(some => some.Knows(hash)));
        return spelling.HasSlips(query)
            ? await turns.RunAsync(() => spelling.Mend(query), cancellationToken)
            : query;
    }

    /// <summary>The traces in which the files were made searchable, as far as they are known.</summary>
    private static Dictionary<Id<StoredFile>, ActivityContext> Runs(List<PassageRow> rows)
    {
        var runs = new Dictionary<Id<StoredFile>, ActivityContext>();
        foreach (var row in rows)
        {
            if (ActivityContext.TryParse(row.TraceParent, null, isRemote: true, out var run))
            {
                runs[row.FileId] = run;
            }
        }

        return runs;
    }

    private static Evidence EvidenceOf(List<Passage> passages) => passages.Count == 0
        ? new(0, 0, 0)
        : new(
            passages.Max(
                passage => passage.Sentences?.Max(sentence => (double?)sentence.Coverage) ?? passage.Scores.Bm25),
            passages.Max(passage => passage.Scores.Dense),
            passages.Max(passage => passage.Scores.Bm25));
}

/// <summary>A chunk that was found, and where.</summary>
internal sealed record StoreHit(Id<VectorStore> Store, FoundChunk Chunk);
