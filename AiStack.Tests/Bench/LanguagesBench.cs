using System.Globalization;
using AiStack.Retrieval.Embedding;
using AiStack.Tests.Fixtures;
using Lucene.Net.Analysis.Standard;
using Lucene.Net.Analysis.TokenAttributes;
using Lucene.Net.Util;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// Search in twelve languages: XQuAD's paragraphs and questions (Artetxe, Ruder, Yogatama, 2020), by our search and by
/// plain BM25 over Lucene's StandardAnalyzer in the same run. The folder of its files, which
/// <c>eng/bench-data.sh</c> fetches, is named by AISTACK_BENCH_DATA.
/// </summary>
public sealed class LanguagesBench
{
    private static readonly string[] _languages =
        ["en", "de", "es", "el", "ru", "ro", "tr", "ar", "hi", "vi", "th", "zh"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Right_paragraph_first_in_twelve_languages()
    {
        var folder = Setting.Read("AISTACK_BENCH_DATA");
        Assert.SkipWhen(folder is null, "AISTACK_BENCH_DATA names no folder of what eng/bench-data.sh fetches.");
        var words = new WordVectorsFile(Microsoft.Extensions.Options.Options.Create(new EmbedderOptions()));
        var vectors = words.ReadOrNull();
        using var embedder = new PrefixStage(
            new ArcticEmbedder(new(words.Folder, ModelPackage.BesideTheProgram(PackagedModel.Arctic))),
            ArcticEmbedder.QueryPrefix,
            "");
        var rows = new List<string>();
        foreach (var language in _languages.Where(
            language => File.Exists(Path.Combine(folder, $"xquad.{language}.json"))))
        {
            var (titled, questions) = PublicSets.XQuad(folder, language, bySentence: false);
            var texts = titled.ConvertAll(text => text with { Title = "" });
            var plain = PlainShare(texts, questions);
            var ours = new RankedTexts(vectors, embedder);
            await ours.AddAsync(texts, Cancellation);
            var (byWords, whole) = (0, 0);
            foreach (var question in questions)
            {
                var ranks = await ours.RankAsync(question.Text, question.Right, Cancellation);
                byWords += TextRank.IsFirst(ranks.Bm25) ? 1 : 0;
                whole += TextRank.IsFirst(ranks.Whole) ? 1 : 0;
            }

            var count = (double)questions.Count;
            rows.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"| {language} | {texts.Count} | {questions.Count:N0} "
                + $"| {plain:.000} | {byWords / count:.000} | {whole / count:.000} |"));
        }

        BenchReport.Write("55-languages", $"""
            ## Search in twelve languages

            XQuAD, each language in a store of its own; share of the questions whose paragraph comes first. The
            languages are not told: they are found as for any file.

            | language | paragraphs | questions | BM25, Lucene's StandardAnalyzer | our words alone | our search |
            | --- | ---: | ---: | ---: | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }

    private static double PlainShare(List<BenchPassage> texts, List<PublicQuestion> questions)
    {
        var index = Index(texts.ConvertAll(text => text.Text));
        return questions.Count(question =>
        {
            var scores = Plain(question.Text, index);
            return question.Right.Contains(texts[Array.IndexOf(scores, scores.Max())].Source);
        }) / (double)questions.Count;
    }

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
}
