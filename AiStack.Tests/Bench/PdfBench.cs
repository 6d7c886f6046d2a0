using System.Diagnostics;
using System.Globalization;
using AiStack.Ingest.Parsing;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Ingest;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>How PDFs are read: how fast, and how well, by a folder of them that AISTACK_BENCH_PDFS names.</summary>
public sealed class PdfBench
{
    private const int Pages = 2_000;
    private const int LinesOfPage = 45;
    private const int MinWords = 50;

    [Fact(Explicit = true)]
    public async Task Pages_a_second()
    {
        var text = new BenchText();
        var pdf = PdfFile.Of([.. Enumerable.Range(1, Pages).Select(page => Enumerable.Range(0, LinesOfPage)
            .Select(line => new PdfFile.Line(Ascii(text.Bytes(80)), 800 - (line * 17))).ToArray())]);
        var before = Process.GetCurrentProcess().PeakWorkingSet64;

        var started = Stopwatch.GetTimestamp();
        var document = await Parsing.DocumentAsync(pdf, "a.pdf");
        var took = Stopwatch.GetElapsedTime(started).TotalSeconds;

        Assert.Equal(Pages, document.Report.Pages);
        var peak = (Process.GetCurrentProcess().PeakWorkingSet64 - before) / 1e6;
        BenchReport.Write("22-pdf-speed", $"""
            ## A PDF of {Pages:N0} pages

            {LinesOfPage} lines a page, {document.Text.Length / 1e6:F1} million characters, {pdf.Length / 1e6:F1} MB;
            parsed alone, without a stack: {took:F1} s, {Pages / took:F0} pages/s, {peak:F0} MB more than before.
            """);
    }

    [Fact(Explicit = true)]
    public async Task Words_and_their_order()
    {
        var folder = BenchPdfs.Folder;
        Assert.SkipWhen(folder is null, "AISTACK_BENCH_PDFS names no folder of PDFs, or pdftotext is missing.");
        var (scores, unread) = (new List<PdfWordScores>(), 0);
        foreach (var file in Directory.GetFiles(folder!, "*.pdf").Order(StringComparer.Ordinal))
        {
            var other = await BenchPdfs.TextByPopplerAsync(file, TestContext.Current.CancellationToken);
            if (PdfWordScores.Words(string.Concat(other)).Count < MinWords)
            {
                continue;
            }

            await using var content = File.OpenRead(file);
            if ((await Parsing.ParseAsync(content, file)).Document is { } document)
            {
                scores.Add(PdfWordScores.Of(BenchPdfs.PagesOf(document), other));
            }
            else
            {
                unread++;
            }
        }

        BenchReport.Write("23-pdf-words", $"""
            ## The words of PDFs, against `pdftotext`

            {scores.Count} files of many producers; {unread} more were refused as unreadable or damaged. Order is the
            longest common subsequence of a page's words. Where the two differ, `pdftotext` is not always right: it
            reads tables column by column.

            | | median | mean |
            | --- | --- | --- |
            | recall | {Both(scores, score => score.Recall)} |
            | precision | {Both(scores, score => score.Precision)} |
            | order | {Both(scores, score => score.Order)} |
            | glued words | {Both(scores, score => score.Glued)} |

            Aim: recall .97 median, .93 mean; order .9; glued below .001.
            """);
    }

    private static string Ascii(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(c => c is >= ' ' and < '\u007F' ? c : '.'));

    private static string Both(List<PdfWordScores> scores, Func<PdfWordScores, double> value)
    {
        var values = scores.Select(value).Order().ToList();
        return values.Count == 0 ? "- | -" : string.Create(
            CultureInfo.InvariantCulture, $"{values[values.Count / 2]:F4} | {values.Average():F4}");
    }
}

/// <summary>A folder of PDFs on this machine, and what poppler reads in them.</summary>
internal static class BenchPdfs
{
    private static string? Named => Setting.Read("AISTACK_BENCH_PDFS");

    public static string? Folder => Directory.Exists(Named) && File.Exists("/usr/bin/pdftotext") ? Named : null;

    public static async Task<string[]> TextByPopplerAsync(string file, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("pdftotext", ["-q", file, "-"])
        {
            RedirectStandardOutput = true,
        })!;
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return text.Split('\f');
    }

    public static string[] PagesOf(ParsedDocument document)
    {
        var pages = Enumerable.Repeat("", document.Report.Pages ?? 1).ToArray();
        var starts = document.Anchors.DistinctBy(anchor => anchor.Page).ToList();
        for (var i = 0; i < starts.Count; i++)
        {
            var end = i + 1 < starts.Count ? starts[i + 1].Start : document.Text.Length;
            pages[starts[i].Page!.Value - 1] = document.Text[Math.Min(starts[i].Start, end)..end];
        }

        return pages;
    }
}
