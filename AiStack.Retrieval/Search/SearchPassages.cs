using System.Diagnostics;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Microsoft.Extensions.AI;
using Npgsql;

namespace AiStack.Retrieval.Search;

/// <summary>
/// Searches stores: 1. their versions, which also tells that they are the project's; 2. their indexes, brought up to
/// those; 3. the query's vector; 4. the best chunks; 5. their texts, from which deleted files are gone already;
/// 6. the order: half by the whole chunk, half by its best sentence, unless <c>ranker</c> is <c>none</c>. No connection
/// is held from one step to the next.
/// </summary>
internal sealed class SearchPassages(
    NpgsqlDataSource database,
    StoreIndexes indexes,
    SearchTurns turns,
    IEmbeddingGenerator<string, Embedding<float>> embedder,
    WordVectorsInMemory words,
    RetrievalTelemetry telemetry,
    TimeProvider time)
{
    public const int MaxResults = 50;
    public const int MaxQueryLength = 10_000;
    public const int MaxStores = 20;

    /// <summary>What faults about the stores name.</summary>
    public const string StoresParameter = "vector_store_ids";

    /// <summary>Found beyond what was asked for, in case some belong to files deleted this moment.</summary>
    private const int Spare = 10;

    /// <summary>Chunks whose sentences are looked at before the best are chosen.</summary>
    private const int Candidates = 30;

    /// <summary>
    /// A store expires days after its last use, so noting each use would write far more than anybody reads.
    /// </summary>
    private static readonly TimeSpan _useIsNotedEvery = TimeSpan.FromHours(1);

    public async Task<Outcome<PassageSearchResponse>> RunAsync(
        Id<Project> projectId, PassageSearchRequest request, CancellationToken cancellationToken)
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

        using var activity = RetrievalTelemetry.Activities.StartActivity("search");
        RetrievalTelemetry.Asked(activity, request);
        var started = time.GetTimestamp();
        var stores = await StoresAsync(projectId, request.VectorStoreIds, cancellationToken);
        if (request.VectorStoreIds.FirstOrDefault(id => stores.All(store => store.Id.ToString() != id)) is { } missing)
        {
            return StoreRows.NotFound(missing) with { Parameter = StoresParameter };
        }

        if (stores.Find(store => store.IsExpired) is { } expired)
        {
            return StoreRows.Expired(expired.Id.ToString()) with { Parameter = StoresParameter };
        }

        var embedding = (await embedder.GenerateAsync([request.Query], cancellationToken: cancellationToken))[0].Vector;
        var hits = new List<(Id<VectorStore> Store, FoundChunk Chunk)>();
        IReadOnlyList<QueryTerm> terms = [];
        var count = Math.Max(Candidates, request.MaxNumResults + Spare);
        foreach (var store in stores)
        {
            var loaded = await indexes.GetAsync(projectId, store.Id, store.Version, cancellationToken);
            var found = await turns.RunAsync(
                () => loaded.Read(index => HybridSearch.Run(index, request.Query, embedding.Span, filter, count)),
                cancellationToken);
            hits.AddRange(found.Chunks.Select(chunk => (store.Id, chunk)));
            terms = found.Terms.Count > 0 ? found.Terms : terms;
        }

        var best = hits.OrderByDescending(hit => hit.Chunk.Score).Take(count).ToList();
        var rows = await RowsAsync(projectId, best, cancellationToken);
        var passages = await turns.RunAsync(() => Passages(rows, best, request, terms), cancellationToken);
        telemetry.Searched(time.GetElapsedTime(started), passages.Count);
        RetrievalTelemetry.Found(activity, passages, hits.Count, Runs(rows));
        return new PassageSearchResponse(request.Query, passages, EvidenceOf(passages));
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

    private async Task<List<StoreToSearch>> StoresAsync(
        Id<Project> projectId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var known = ids.Where(id => Id<VectorStore>.TryParse(id, null, out _))
            .Select(id => Id<VectorStore>.Parse(id, null).Value).Distinct().ToArray();
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        var stores = await connection.ListAsync(
            $"""
            select id, version, coalesce(retrieval.expires_at(store) < now(), false),
                   last_active_at < now() - {_useIsNotedEvery}
            from retrieval.vector_store store
            where id = any({known})
            """,
            row => new StoreToSearch(new(row.GetGuid(0)), row.GetInt64(1), row.GetBoolean(2), row.GetBoolean(3)),
            cancellationToken);
        await TouchAsync(connection, stores, cancellationToken);
        return stores;
    }

    /// <summary>
    /// A store whose row is locked is being changed, which notes its use as well: nobody waits for it.
    /// </summary>
    private async Task TouchAsync(
        NpgsqlConnection connection, List<StoreToSearch> stores, CancellationToken cancellationToken)
    {
        var ids = stores.Where(store => store is { IsNotedLongAgo: true, IsExpired: false })
            .Select(store => store.Id.Value).ToArray();
        if (ids.Length > 0)
        {
            await connection.ExecuteAsync(
                $"""
                update retrieval.vector_store
                set last_active_at = {time.GetUtcNow()}
                where id in (
                    select id from retrieval.vector_store where id = any({ids}) for no key update skip locked)
                """, cancellationToken);
        }
    }

    private async Task<List<PassageRow>> RowsAsync(
        Id<Project> projectId,
        List<(Id<VectorStore> Store, FoundChunk Chunk)> hits,
        CancellationToken cancellationToken)
    {
        // Conditions, because a join does not pass into a published view: every chunk and file of
        // the project would be read.
        var stores = hits.Select(hit => hit.Store.Value).Distinct().ToArray();
        var files = hits.Select(hit => hit.Chunk.FileId.Value).Distinct().ToArray();
        var chunks = hits.Select(hit => hit.Chunk.Id.Value).Distinct().ToArray();
        await using var connection = await database.OpenForAsync(projectId, cancellationToken);
        return await connection.ListAsync(
            $"""
            select c.id, c.file_id, f.filename, c.ordinal, c.text, c.start_offset, c.end_offset, c.page, c.heading,
                   s.attributes, s.vector_store_id, s.traceparent
            from ingest.published_chunk c
            join ingest.published_file f on f.id = c.file_id
            join retrieval.store_file s on s.file_id = c.file_id
            where c.id = any({chunks}) and f.id = any({files})
              and s.vector_store_id = any({stores}) and s.file_id = any({files})
            """,
            PassageRow.Read,
            cancellationToken);
    }

    private List<Passage> Passages(
        List<PassageRow> rows,
        List<(Id<VectorStore> Store, FoundChunk Chunk)> hits,
        PassageSearchRequest request,
        IReadOnlyList<QueryTerm> terms)
    {
        var byHit = rows.ToDictionary(row => (row.StoreId, row.ChunkId));
        var sentences = new SentenceRanking(words.Vectors, request.Query, terms);
        var ranksSentences = request.RankingOptions?.Ranker != "none";
        var threshold = request.RankingOptions?.ScoreThreshold ?? 0;
        return
        [
            .. hits.Where(hit => byHit.ContainsKey((hit.Store, hit.Chunk.Id)))
                .Select(hit => byHit[(hit.Store, hit.Chunk.Id)].ToPassage(hit.Chunk, sentences, ranksSentences))
                .OrderByDescending(passage => passage.Score)
                .Where(passage => passage.Score >= threshold)
                .Take(request.MaxNumResults)
                .Select(passage => request.IncludeSentences ? passage : passage with { Sentences = null }),
        ];
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

    private sealed record StoreToSearch(Id<VectorStore> Id, long Version, bool IsExpired, bool IsNotedLongAgo);

    private sealed record PassageRow(
        Id<Chunk> ChunkId,
        Id<StoredFile> FileId,
        string Filename,
        int Ordinal,
        string Text,
        int Start,
        int End,
        int? Page,
        string? Heading,
        JsonElement Attributes,
        Id<VectorStore> StoreId,
        string? TraceParent)
    {
        public static PassageRow Read(NpgsqlDataReader row) => new(
            new(row.GetGuid(0)),
            new(row.GetGuid(1)),
            row.GetString(2),
            row.GetInt32(3),
            row.GetString(4),
            row.GetInt32(5),
            row.GetInt32(6),
            row.IsDBNull(7) ? null : row.GetInt32(7),
            row.IsDBNull(8) ? null : row.GetString(8),
            JsonSerializer.Deserialize<JsonElement>(row.GetString(9)),
            new(row.GetGuid(10)),
            row.IsDBNull(11) ? null : row.GetString(11));

        public Passage ToPassage(FoundChunk chunk, SentenceRanking ranking, bool ranksSentences)
        {
            var sentences = ranking.Rank(Text, Heading);
            var best = sentences.Count == 0 ? 0 : sentences.Max(sentence => sentence.Score);
            var score = ranksSentences ? (0.5 * chunk.Score) + (0.5 * best) : chunk.Score;
            return new(
                StoreId,
                FileId,
                Filename,
                ChunkId,
                Ordinal,
                Text,
                score,
                new(chunk.Bm25, chunk.Dense, chunk.Fused),
                Start,
                End,
                Page,
                Heading,
                Attributes,
                sentences);
        }
    }
}
