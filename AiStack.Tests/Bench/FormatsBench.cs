using System.Globalization;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Ingest;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// How documents that are no PDFs are read, against pandoc, and the articles of web pages against Mozilla's
/// readability: by a folder of them that AISTACK_BENCH_DOCUMENTS names. AISTACK_BENCH_NODE_MODULES names the folder
/// that holds the packages @mozilla/readability and jsdom; without it pages are compared with pandoc, whole.
/// </summary>
public sealed class FormatsBench
{
    private const int MinWords = 20;

    /// <summary>The time that order takes to measure grows with the square of the words.</summary>
    private const int MaxWords = 30_000;

    [Fact(Explicit = true)]
    public async Task Words_and_their_order_by_format()
    {
        var folder = Setting.Read("AISTACK_BENCH_DOCUMENTS");
        Assert.SkipWhen(
            !Directory.Exists(folder) || !BenchDocuments.HasPandoc,
            "AISTACK_BENCH_DOCUMENTS names no folder of documents, or pandoc is missing.");
        var documents = new BenchDocuments(Setting.Read("AISTACK_BENCH_NODE_MODULES"));
        var (scores, unread) = (new List<(string Format, PdfWordScores Score)>(), new List<string>());
        var files = Directory.GetFiles(folder!, "*", SearchOption.AllDirectories);
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            if (await documents.ReadAsync(file, TestContext.Current.CancellationToken) is not var (format, other)
                || PdfWordScores.Words(other).Count is < MinWords or > MaxWords)
            {
                continue;
            }

            await using var content = File.OpenRead(file);
            if ((await Parsing.ParseAsync(content, file)).Document is { } document)
            {
                scores.Add((format, PdfWordScores.Of([WithoutMarks(document.Text)], [WithoutMarks(other)])));
            }
            else
            {
                unread.Add(format);
            }
        }

        var rows = scores.GroupBy(score => score.Format).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Row(
                group.Key, [.. group.Select(file => file.Score)], unread.Count(of => of == group.Key)));
        BenchReport.Write("57-formats", $"""
            ## The words of other documents, against pandoc and readability

            Median / mean. Where the two differ the other is not always right: pandoc leaves out page headers, comments
            and text boxes, and writes tables of contents; readability leaves out what readers wrote below an article.

            | | files | refused | recall | precision | order | glued |
            | --- | ---: | ---: | --- | --- | --- | --- |
            {string.Join('\n', rows)}

            Aim: recall .98 for DOCX, .99 for articles, whose noise (1 - precision) is to be less than .1.
            """);
    }

    private static string Row(string format, IReadOnlyList<PdfWordScores> scores, int refused) =>
        $"| {format} | {scores.Count} | {refused} | {Both(scores, score => score.Recall)} | "
        + $"{Both(scores, score => score.Precision)} | {Both(scores, score => score.Order)} | "
        + $"{Both(scores, score => score.Glued)} |";

    /// <summary>Pandoc marks what is stressed by these.</summary>
    private static string WithoutMarks(string text) => text.Replace('_', ' ');

    private static string Both(IReadOnlyList<PdfWordScores> scores, Func<PdfWordScores, double> value)
    {
        var values = scores.Select(value).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{values[values.Count / 2]:F3} / {values.Average():F3}");
    }
}
