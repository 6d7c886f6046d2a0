using System.Diagnostics;
using System.Globalization;
using AiStack.Ingest.Chunking;
using AiStack.Ingest.Parsing;
using AiStack.Ingest.Parsing.Formats;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Samples;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// The built-in embedder and arctic in the same search, without a stack, so that only the embedder differs: XQuAD in
/// four languages, questions typed into a search box (WikiQA), abstracts (Cranfield), and the sample questions. What
/// <c>eng/bench-data.sh</c> fetches is in the folder that AISTACK_BENCH_DATA names.
/// </summary>
public sealed class EmbedderBench
{
    private const int ChunkTokens = 300;
    private const int OverlapTokens = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static WordVectors? Words { get; } = new WordVectorsFile(
        Microsoft.Extensions.Options.Options.Create(new EmbedderOptions())).ReadOrNull();

    [Fact(Explicit = true)]
    public async Task Right_text_first_by_embedder()
    {
        var folder = Setting.Read("AISTACK_BENCH_DATA");
        Assert.SkipWhen(folder is null, "AISTACK_BENCH_DATA names no folder of what eng/bench-data.sh fetches.");
        using var builtin = new BuiltinEmbedder(Words);
        using var arctic = new PrefixStage(Arctic(), ArcticEmbedder.QueryPrefix, "");
        var rows = new List<string>();
        foreach (var set in PublicSets.All)
        {
            var (texts, questions) = set.Read(folder);
            var old = new RankedTexts(Words, builtin);
            var some = new RankedTexts(Words, arctic);
            await old.AddAsync(texts, Cancellation);
            await some.AddAsync(texts, Cancellation);
            var (before, after) = (await RanksAsync(old, questions), await RanksAsync(some, questions));
            rows.AddRange(
                Row(set.Name, "BM25", before, rank => rank.Bm25),
                Row(set.Name, "arctic alone", after, rank => rank.Dense),
                Row(set.Name, "search, builtin", before, rank => rank.Whole),
                Row(set.Name, "search, arctic", after, rank => rank.Whole));
        }

        BenchReport.Write("56-embedders", $"""
            ## The embedders in the same search

            Each text below its document's title, where it has one; for XQuAD's and WikiQA's sentences, the one that
            holds the answer. Search is BM25, the embedder and the best sentence, as for any question.

            | texts | ranked by | first | nDCG@10 |
            | --- | --- | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }

    [Fact(Explicit = true)]
    public async Task Right_sample_document_by_embedder()
    {
        using var builtin = new BuiltinEmbedder(Words);
        using var arctic = new PrefixStage(Arctic(), ArcticEmbedder.QueryPrefix, "");
        var texts = new List<BenchPassage>();
        foreach (var document in SampleCorpus.Documents)
        {
            texts.AddRange(await ChunksAsync(document.Path));
        }

        var questions = SampleCorpus.Questions.Where(question => question.Answerable)
            .Select(question => new PublicQuestion(question.Question, new HashSet<string> { question.Source! }))
            .ToList();
        var rows = new List<string>();
        foreach (var (name, embedder) in ((string, IEmbeddingGenerator<string, Embedding<float>>)[])
            [("builtin", builtin), ("arctic", arctic)])
        {
            var ranked = new RankedTexts(Words, embedder);
            await ranked.AddAsync(texts, Cancellation);
            var ranks = await RanksAsync(ranked, questions);
            rows.AddRange(
                SampleRow($"{name} alone", ranks, rank => rank.Dense),
                SampleRow($"search, {name}", ranks, rank => rank.Whole));
        }

        BenchReport.Write("57-embedders-samples", $"""
            ## The embedders on the sample questions

            {questions.Count} questions, {texts.Count} passages; the rank of the right document's first passage.

            | ranked by | first | MRR@10 |
            | --- | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }

    [Fact(Explicit = true)]
    public async Task Texts_a_second()
    {
        var folder = Setting.Read("AISTACK_BENCH_DATA");
        Assert.SkipWhen(folder is null, "AISTACK_BENCH_DATA names no folder of what eng/bench-data.sh fetches.");
        var (texts, questions) = PublicSets.All[0].Read(folder);
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        using var arctic = Arctic();
        await arctic.LoadAsync(Cancellation);

        var (passages, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        await arctic.GenerateAsync(texts.Select(text => text.Text), cancellationToken: Cancellation);
        var took = Stopwatch.GetElapsedTime(passages);
        process.Refresh();
        var worked = process.TotalProcessorTime - processor;
        var asked = new List<TimeSpan>();
        foreach (var (question, _) in questions.Take(500))
        {
            var started = Stopwatch.GetTimestamp();
            await arctic.GenerateAsync([ArcticEmbedder.QueryPrefix + question], QueryOption.Options, Cancellation);
            asked.Add(Stopwatch.GetElapsedTime(started));
        }

        process.Refresh();
        var latencies = new Latencies(asked);
        BenchReport.Write("58-arctic", $"""
            ## The arctic embedder alone

            {texts.Count} paragraphs of about 162 word pieces: {texts.Count / took.TotalSeconds:F0} a second,
            {worked.TotalMilliseconds / texts.Count:F1} ms of a processor each. A question: {latencies.P50:F1} ms,
            p99 {latencies.P99:F1} ms. Memory: {(process.WorkingSet64 - before) / 1e6:F0} MB more than before.
            """);
    }

    private static ArcticEmbedder Arctic() => new(new(
        new WordVectorsFile(Microsoft.Extensions.Options.Options.Create(new EmbedderOptions())).Folder,
        ModelPackage.BesideTheProgram(PackagedModel.Arctic)));

    private static async Task<List<TextRank>> RanksAsync(
        RankedTexts texts, List<PublicQuestion> questions)
    {
        var ranks = new List<TextRank>();
        foreach (var (text, right) in questions)
        {
            ranks.Add(await texts.RankAsync(text, right, Cancellation));
        }

        return ranks;
    }

    private static string Row(string texts, string by, List<TextRank> ranks, Func<TextRank, int[]> rank) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {texts} | {by} | {ranks.Average(one => TextRank.IsFirst(rank(one)) ? 1.0 : 0):.000} "
            + $"| {ranks.Average(one => TextRank.Ndcg(rank(one))):.000} |");

    private static string SampleRow(string by, List<TextRank> ranks, Func<TextRank, int[]> rank) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {by} | {ranks.Average(one => TextRank.IsFirst(rank(one)) ? 1.0 : 0):.000} "
        + $"| {ranks.Average(one => rank(one)[0] <= 10 ? 1.0 / rank(one)[0] : 0):.000} |");

    private static async Task<List<BenchPassage>> ChunksAsync(string path)
    {
        await using var content = File.OpenRead(Path.Combine(SampleCorpus.Folder, path));
        var parser = new DocumentParser(Microsoft.Extensions.Options.Options.Create(new ParsingOptions()));
        var parsed = (await parser.ParseAsync(content, Path.GetFileName(path), Cancellation)).Document!;
        return
        [
            .. new Chunker(ChunkTokens, OverlapTokens).Cut(parsed).Select(chunk =>
                new BenchPassage(
                    path, chunk.In(parsed.Text), chunk.Heading, chunk.TableHead,
                    IndexedText.TitleOf(title: null, path))),
        ];
    }
}
