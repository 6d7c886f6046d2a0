using System.Diagnostics;
using System.Globalization;
using AiStack.Serving.Guards;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Samples;
using AiStack.Tests.Serving.Guards;
using AiStack.Tests.Serving.Registry;
using AiStack.TextAnalysis;
using AiStack.TextAnalysis.Recognisers;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// What guards cost for 1,000 tokens: each alone, and all of them in a request beside one without any.
/// </summary>
public sealed class GuardBench : IClassFixture<RoutedServing>
{
    private const int Requests = 60;
    private const int Repeats = 5;

    /// <summary>About a token, as models send them.</summary>
    private const int PartLength = 4;

    private static readonly Phrases _phrases = new(["Project Blue Bird", "layoffs", "merger"]);

    private readonly RoutedServing _serving;

    public GuardBench(RoutedServing serving) => _serving = serving;

    [Fact(Explicit = true)]
    public async Task Cost_for_a_thousand_tokens()
    {
        var texts = SampleCorpus.Documents.Select(document => document.Path)
            .Where(path => path.EndsWith(".md", StringComparison.Ordinal))
            .Select(path => File.ReadAllText(Path.Combine(SampleCorpus.Folder, path))).ToList();
        var rows = Guard.All.Select(guard => Alone(guard, texts)).ToList();
        var input = string.Concat(texts)[..4_000];
        var output = texts[0][..800];
        var (off, on) = await RequestsAsync(input, output);

        BenchReport.Write("84-guards", $"""
            ## What guards cost

            Processor time for 1,000 tokens (o200k) of the sample documents, one thread, the best of {Repeats} runs:
            whole, as what is asked and found is looked at, and in parts of {PartLength} characters, as an answer is.

            | guard | whole | in parts |
            | --- | ---: | ---: |
            {string.Join('\n', rows)}

            A chat completion of {Tokens.Count(input)} tokens with an answer of {Tokens.Count(output)}, by a
            server that answers at once, {Requests} of each in turn: p50 {off.P50:F1} ms with all guards off,
            {on.P50:F1} ms with all of them masking what is asked and said, a ratio of {on.P50 / off.P50:F2}
            (load of the machine: {MachineLoad.LastMinute:F0}).
            """);
    }

    private static string Alone(Guard guard, List<string> texts)
    {
        var tokens = texts.Sum(text => Tokens.Count(text));
        var whole = Best(() => texts.ForEach(text => guard.Find(text, _phrases)));
        var parts = Best(() => texts.ForEach(text =>
        {
            var stream = new StreamedText(_phrases, piece => guard.Find(piece, _phrases));
            for (var at = 0; at < text.Length; at += PartLength)
            {
                foreach (var piece in stream.Add(text.Substring(at, Math.Min(PartLength, text.Length - at))))
                {
                    guard.Find(piece, _phrases);
                }
            }

            guard.Find(stream.End(), _phrases);
        }));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {guard.Name} | {whole.TotalMilliseconds * 1000 / tokens:F2} ms "
            + $"| {(guard.Name == GuardNames.Injection ? "–" : $"{parts.TotalMilliseconds * 1000 / tokens:F2} ms")} |");
    }

    private static TimeSpan Best(Action run)
    {
        run(); // So that nothing is compiled or read while it is measured.
        using var process = Process.GetCurrentProcess();
        return Enumerable.Range(0, Repeats).Select(_ =>
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            run();
            process.Refresh();
            return process.TotalProcessorTime - before;
        }).Min();
    }

    private async Task<(Latencies Off, Latencies On)> RequestsAsync(string input, string output)
    {
        var all = new { input = "mask", passages = "mask", output = "mask" };
        using var off = _serving.Service.CreateClient(PostgresFixture.NewProject());
        using var on = await _serving.GuardedAsync(new
        {
            pii = all, secrets = all, injection = new { input = "mask", passages = "mask" },
            topics = new { input = "mask", passages = "mask", output = "mask", phrases = new[] { "merger" } },
        });
        _serving.First.Script = GuardCalls.Says(output, PartLength);
        var (without, with) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = 0; i < Requests + 5; i++)
        {
            foreach (var (client, times) in new[] { (off, without), (on, with) })
            {
                var started = Stopwatch.GetTimestamp();
                await client.OkAsync("/v1/chat/completions", new
                {
                    model = "openai", messages = new[] { new { role = "user", content = input } },
                });
                if (i >= 5)
                {
                    times.Add(Stopwatch.GetElapsedTime(started));
                }
            }
        }

        return (new(without), new(with));
    }
}
