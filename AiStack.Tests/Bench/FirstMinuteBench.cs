using System.Diagnostics;
using System.Globalization;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Samples;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>How long after an upload a store is found by words, and how long after that by meaning.</summary>
public sealed class FirstMinuteBench
{
    private const int Runs = 3;

    [Fact(Explicit = true)]
    public async Task From_completed_to_found_by_meaning()
    {
        await using var stack = await BenchStack.StartAsync();
        var rows = new List<string>();
        for (var run = 0; run <= Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            var files = new List<string>();
            foreach (var document in SampleCorpus.Documents)
            {
                files.Add(await stack.UploadFileAsync(Path.Combine(SampleCorpus.Folder, document.Path)));
            }

            var uploaded = Stopwatch.GetElapsedTime(started);
            var store = await stack.IndexAsync([.. files]);
            var completed = Stopwatch.GetElapsedTime(started);
            await Eventually.ReadAsync(
                async () => (await stack.GetAsync($"/v1/vector_stores/{store}")).GetProperty("readings"),
                read => read.GetProperty("words_only").GetInt32() == 0,
                TimeSpan.FromMinutes(5));
            var meaning = Stopwatch.GetElapsedTime(started);
            await stack.EmbeddedAsync(store);
            var embedded = Stopwatch.GetElapsedTime(started);
            var name = run == 0 ? "first, the model is loaded meanwhile" : $"{run + 1}";
            rows.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {uploaded.TotalSeconds:F1} s | {(completed - uploaded).TotalSeconds:F1} s "
                + $"| {(meaning - completed).TotalSeconds:F1} s | {(embedded - completed).TotalSeconds:F1} s "
                + $"| {MachineLoad.LastMinute:F0} |"));
        }

        BenchReport.Write("59-first-minute", $"""
            ## The first minute after an upload

            The {SampleCorpus.Documents.Count} sample documents, uploaded one after the other, attached at once to a
            store of their own. From when all files are completed, and found by their words, until all chunks have
            vectors, and until all English sentences have. Load: runnable threads of the machine, mean of a minute.

            | run | uploaded in | completed after | chunks' vectors after | sentences' after | load |
            | --- | ---: | ---: | ---: | ---: | ---: |
            {string.Join('\n', rows)}
            """);
    }
}
