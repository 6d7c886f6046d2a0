using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>From upload to searchable.</summary>
public sealed class IngestBench
{
    private const int SmallFiles = 1_000;
    private const int SmallBytes = 4 << 10;
    private const int LargeFiles = 5;
    private const int LargeBytes = 4 << 20;

    [Fact(Explicit = true)]
    public async Task From_upload_to_completed()
    {
        await using var stack = await BenchStack.StartAsync();
        var text = new BenchText();
        var first = await MeasureAsync(stack, [.. Texts(text, SmallFiles, SmallBytes)], "md");
        var small = await MeasureAsync(stack, [.. Texts(text, SmallFiles, SmallBytes)], "md");
        var large = await MeasureAsync(stack, [.. Texts(text, LargeFiles, LargeBytes)], "txt");

        BenchReport.Write("20-ingest", $"""
            ## From upload to `completed`

            Uploaded through the Gateway by 8 connections at once, then attached in one batch; text of the samples'
            words, `auto` chunking. One after the other, in this order, on a stack that has just started: the first
            thousand also wait for the JIT compiler. Memory is the most that each process had by the end.

            | files | upload | upload to completed | files/s | MB/s |
            | --- | --- | --- | --- | --- |
            | 1,000 Markdown files of 4 KiB, the first | {Speeds(first, SmallFiles, SmallBytes)} |
            | 1,000 Markdown files of 4 KiB, the next | {Speeds(small, SmallFiles, SmallBytes)} |
            | 5 text files of 4 MiB | {Speeds(large, LargeFiles, LargeBytes)} |

            Aim: 100 files/s, 5 MB/s.

            {stack.PeakMemory()}
            """);
    }

    private static string Speeds((double Upload, double Total) took, int files, int bytes) => string.Create(
        CultureInfo.InvariantCulture,
        $"{took.Upload:F1} s | {took.Total:F1} s | {files / took.Total:F1} | {files * bytes / took.Total / 1e6:F2}");

    private static IEnumerable<string> Texts(BenchText text, int count, int bytes) =>
        Enumerable.Range(0, count).Select(i => $"# Document {i}\n\n{text.Bytes(bytes - 20)}");

    private static async Task<(double Upload, double Total)> MeasureAsync(
        BenchStack stack, string[] texts, string extension)
    {
        var started = Stopwatch.GetTimestamp();
        var files = await stack.UploadAsync(texts, extension, parallel: 8);
        var upload = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await stack.IndexAsync(files);
        return (upload, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
