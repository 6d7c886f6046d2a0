using System.Diagnostics;
using System.Globalization;
using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Search;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.TextAnalysis;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// What a search computes, without a stack: the query's vector by the default embedder, and every chunk's two scores.
/// So it can be seen where a search's time goes, and how much a million chunks are.
/// </summary>
public sealed class IndexSizeBench
{
    /// <summary>Texts that are told apart; the rest have the words of one of them, and a vector of their own.</summary>
    private const int Texts = 10_000;

    private const int CharactersPerChunk = 350;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task What_a_search_computes_at_10_000_100_000_and_a_million_chunks()
    {
        using var arctic = new PrefixStage(
            new ArcticEmbedder(new(
                new WordVectorsFile(Microsoft.Extensions.Options.Options.Create(new EmbedderOptions())).Folder,
                ModelPackage.BesideTheProgram(PackagedModel.Arctic))),
            ArcticEmbedder.QueryPrefix,
            "");
        var text = new BenchText();
        var texts = Enumerable.Range(0, Texts).Select(_ => text.Bytes(CharactersPerChunk)).ToList();
        var queries = Enumerable.Range(0, 200).Select(_ => text.Words(7)).ToArray();
        var rows = new List<string>();
        foreach (var chunks in new[] { 10_000, 100_000, 1_000_000 })
        {
            var index = Build(texts, chunks);
            using var turns = new SearchTurns(Options.Create(new SearchOptions()));
            var parts = new List<(TimeSpan Embedding, TimeSpan Scores)>();
            async Task AskAsync(int i)
            {
                var query = queries[i % queries.Length];
                var started = Stopwatch.GetTimestamp();
                var embedded = await arctic.GenerateAsync([query], QueryOption.Options, Cancellation);
                var embedding = Stopwatch.GetElapsedTime(started);
                var vector = QueryVector.From(query, embedded[0].Vector.Span);
                await turns.RunAsync(
                    () => HybridSearch.Run(
                        index.For(Principals.None), Query.WordsOf(query, new HashSet<Language> { Languages.English }),
                        vector, null, 30),
                    Cancellation);
                lock (parts)
                {
                    parts.Add((embedding, Stopwatch.GetElapsedTime(started) - embedding));
                }
            }

            await Load.RunAsync(clients: 1, requests: 50, AskAsync); // The JIT's turn.
            foreach (var (clients, requests) in new[] { (1, 200), (16, 25), (1, 200), (16, 25) })
            {
                parts.Clear();
                var (latencies, perSecond) = await Load.RunAsync(clients, requests, i => Task.Run(() => AskAsync(i)));
                rows.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {chunks:N0} | {clients} | {perSecond:F0} | {latencies.P50:F1} ms | {latencies.P99:F1} ms "
                    + $"| {new Latencies(parts.Select(part => part.Embedding)).P50:F1} ms "
                    + $"| {new Latencies(parts.Select(part => part.Scores)).P50:F1} ms "
                    + $"| {index.ApproximateBytes / 1e6:F0} MB | {MachineLoad.LastMinute:F0} |"));
            }
        }

        BenchReport.Write("31-index-size", $"""
            ## What a search computes

            Without a stack: the query's vector by the default embedder, BM25 and cosine of every chunk, the 30 best.
            Chunks of about {CharactersPerChunk} characters, random vectors of 384 dimensions. The query's vector, and
            the scores with the wait for them, are shown by themselves, too. Load: runnable threads of the machine, mean
            of a minute, other programs' included.

            | chunks | clients | searches/s | p50 | p99 | vector, p50 | scores, p50 | index | load |
            | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }

    private static StoreIndex Build(List<string> texts, int chunks)
    {
        var random = new Random(3);
        var words = texts.ConvertAll(text => IndexEntry.Create(Id<Chunk>.New(), 0, text, Languages.English, default));
        var index = new StoreIndex(ArcticEmbedder.Dimensions);
        var file = new IndexedFile(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>());
        for (var i = 0; i < chunks; i++)
        {
            var vector = new byte[ArcticEmbedder.Dimensions];
            random.NextBytes(vector);
            index.Add(file, words[random.Next(words.Count)] with
            {
                ChunkId = Id<Chunk>.New(), Ordinal = i, Vector = vector, Scale = 0.0007f,
            });
        }

        return index;
    }
}
