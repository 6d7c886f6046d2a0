using System.Globalization;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Search;
using AiStack.Retrieval.Storage;
using AiStack.Tests.Fixtures;
using AiStack.TextAnalysis;
using Lucene.Net.Analysis.Standard;
using Lucene.Net.Analysis.TokenAttributes;
using Lucene.Net.Util;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// Search in twelve languages: XQuAD's paragraphs and questions (Artetxe, Ruder, Yogatama, 2020), by our search and by
/// plain BM25 over Lucene's StandardAnalyzer in the same run. The folder of its files, which
/// <c>eng/bench-data.sh</c> fetches, is named by AISTACK_BENCH_XQUAD.
/// </summary>
public sealed class LanguagesBench
{
    private const int Best = 30;

    private static readonly string[] _languages =
        ["en", "de", "es", "el", "ru", "ro", "tr", "ar", "hi", "vi", "th", "zh"];

    [Fact(Explicit = true)]
    public async Task Right_paragraph_first_in_twelve_languages()
    {
        var folder = Setting.Read("AISTACK_BENCH_XQUAD");
        Assert.SkipWhen(folder is null, "AISTACK_BENCH_XQUAD names no folder of XQuAD's files.");
        var vectors = new WordVectorsInMemory(
            new WordVectorsFile(Microsoft.Extensions.Options.Options.Create(new EmbedderOptions()))).Vectors;
        using var embedder = new BuiltinEmbedder(vectors);
        var rows = new List<string>();
        foreach (var language in _languages)
        {
            var (paragraphs, questions) = Read(Path.Combine(folder, $"xquad.{language}.json"));
            var lists = Index(paragraphs);
            var plain = HitShare(questions, question => First(Plain(question, lists)));
            var (words, whole) = await OursAsync(paragraphs, questions, embedder, vectors);
            rows.Add(string.Create(
                CultureInfo.InvariantCulture, $"| {language} | {plain:.000} | {words:.000} | {whole:.000} |"));
        }

        BenchReport.Write("55-languages", $"""
            ## Search in twelve languages

            XQuAD: 240 paragraphs and 1,190 questions in each language, in a store of its own; share of the questions
            whose paragraph comes first. The languages are not told: they are found as for any file.

            | language | BM25, Lucene's StandardAnalyzer | our words alone | our search |
            | --- | ---: | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }

    private static async Task<(double Words, double Whole)> OursAsync(
        List<string> paragraphs, List<(string Text, int Paragraph)> questions, BuiltinEmbedder embedder,
        WordVectors? vectors)
    {
        var index = new StoreIndex(BuiltinEmbedder.Dimensions);
        var languages = paragraphs.ConvertAll(Languages.Of);
        var numbers = new Dictionary<Id<Chunk>, int>();
        foreach (var (number, text) in paragraphs.Index())
        {
            var id = Id<Chunk>.New();
            numbers[id] = number;
            var vector = (await embedder.GenerateAsync([text]))[0].Vector;
            index.Add(
                new IndexedFile(Id<StoredFile>.New(), new Dictionary<string, AttributeValue>()),
                IndexEntry.Create(id, 0, text, languages[number], vector.Span));
        }

        var (words, whole) = (0, 0);
        foreach (var (text, paragraph) in questions)
        {
            var vector = (await embedder.GenerateAsync([text]))[0].Vector;
            var asked = Query.WordsOf(text, index.Languages);
            var found = HybridSearch.Run(index, asked, vector.Span, filter: null, Best);
            var ranking = new SentenceRanking(vectors, found.Words);
            words += numbers[found.Chunks.MaxBy(chunk => chunk.Bm25)!.Id] == paragraph ? 1 : 0;
            var first = found.Chunks.MaxBy(chunk => (0.5 * chunk.Score) + (0.5 * ranking
                .Rank(paragraphs[numbers[chunk.Id]], heading: null, languages[numbers[chunk.Id]])
                .Max(sentence => sentence.Score)))!;
            whole += numbers[first.Id] == paragraph ? 1 : 0;
        }

        return ((double)words / questions.Count, (double)whole / questions.Count);
    }

    private static double HitShare(List<(string Text, int Paragraph)> questions, Func<string, int> first) =>
        questions.Count(question => first(question.Text) == question.Paragraph) / (double)questions.Count;

    private static int First(double[] scores) => Array.IndexOf(scores, scores.Max());

    private static (List<List<string>> Texts, Dictionary<string, List<(int Text, int Count)>> Postings) Index(
        List<string> paragraphs)
    {
        var texts = paragraphs.ConvertAll(StandardTokens);
        var postings = texts.Index()
            .SelectMany(text => text.Item.CountBy(term => term).Select(term => (term.Key, text.Index, term.Value)))
            .GroupBy(posting => posting.Key, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key, group => group.Select(posting => (posting.Index, posting.Value)).ToList(),
                StringComparer.Ordinal);
        return (texts, postings);
    }

    private static double[] Plain(
        string question, (List<List<string>> Texts, Dictionary<string, List<(int Text, int Count)>> Postings) index)
    {
        var scores = new double[index.Texts.Count];
        var average = index.Texts.Average(text => text.Count);
        foreach (var term in StandardTokens(question).Distinct())
        {
            var postings = index.Postings.GetValueOrDefault(term, []);
            var idf = Math.Log(1 + ((scores.Length - postings.Count + 0.5) / (postings.Count + 0.5)));
            foreach (var (text, count) in postings)
            {
                var length = 1.2 * (0.25 + (0.75 * index.Texts[text].Count / average));
                scores[text] += idf * count * 2.2 / (count + length);
            }
        }

        return scores;
    }

    private static List<string> StandardTokens(string text)
    {
        using var analyzer = new StandardAnalyzer(LuceneVersion.LUCENE_48);
        using var stream = analyzer.GetTokenStream("", text);
        var term = stream.GetAttribute<ICharTermAttribute>();
        var tokens = new List<string>();
        stream.Reset();
        while (stream.IncrementToken())
        {
            tokens.Add(term.ToString()!);
        }

        return tokens;
    }

    private static (List<string> Paragraphs, List<(string Text, int Paragraph)> Questions) Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var (paragraphs, questions) = (new List<string>(), new List<(string, int)>());
        foreach (var paragraph in document.RootElement.GetProperty("data").EnumerateArray()
            .SelectMany(article => article.GetProperty("paragraphs").EnumerateArray()))
        {
            questions.AddRange(paragraph.GetProperty("qas").EnumerateArray()
                .Select(question => (question.GetProperty("question").GetString()!, paragraphs.Count)));
            paragraphs.Add(paragraph.GetProperty("context").GetString()!);
        }

        return (paragraphs, questions);
    }
}
