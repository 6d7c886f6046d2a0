using System.Diagnostics;
using System.Globalization;
using AiStack.Tests.Console;
using AiStack.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>
/// How soon the Console's pages can be used, what an open one costs, and what telemetry costs the Gateway.
/// </summary>
public sealed class ConsoleBench(BrowserFixture browser)
{
    private const int OpenPages = 20;
    private const int Connections = 32;
    private const int Requests = 100;

    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(100);

    [Fact(Explicit = true)]
    public async Task Page_ready_times_memory_of_a_page_and_what_telemetry_adds_to_a_request()
    {
        var without = await RequestAsync(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = " ", ["OTEL_TRACES_SAMPLER"] = "always_off",
        });
        var with = await RequestAsync([]);

        await using var stack = await BenchStack.StartAsync();
        var first = await ReadyAsync(stack, "/");
        var again = await MedianAsync(stack, "/");
        var ask = await MedianAsync(stack, "/ask");
        var perPage = await MemoryOfPagesAsync(stack);

        BenchReport.Write("61-console", $"""
            ## The Console

            From the press of Enter to a page that shows its content and answers, in Chromium on the same machine:
            a circuit of its own, the cache of the browser empty. The medians of five; the first after the start of the
            stack by itself.

            | page | ready |
            | --- | --- |
            | Overview, the first page after the start | {first.TotalMilliseconds:N0} ms |
            | Overview | {again.TotalMilliseconds:N0} ms |
            | Ask | {ask.TotalMilliseconds:N0} ms |

            An open Overview takes {perPage / 1024:N1} MiB of the Console's memory: what {OpenPages} of them added,
            divided by their number.

            ## What telemetry adds to a request

            `GET /v1/models` through the Gateway at {Connections} connections, one request each 100 ms a connection,
            one after the other; traces, metrics and logs sent by OTLP by all services, or none made and sent by any.

            | telemetry | p50 | p99 |
            | --- | --- | --- |
            | off | {without.P50:F2} ms | {without.P99:F2} ms |
            | on | {with.P50:F2} ms | {with.P99:F2} ms |
            | **added** | **{with.P50 - without.P50:F2} ms** | **{with.P99 - without.P99:F2} ms** |
            """);
    }

    private static async Task<Latencies> RequestAsync(Dictionary<string, string> environment)
    {
        await using var running = await RunningStack.StartAsync(
            [.. environment.Select(setting => $"--{setting.Key}={setting.Value}")],
            TestContext.Current.CancellationToken);
        using var client = running.CreateClient();
        await MeasureAsync(TimeSpan.FromMilliseconds(20)); // The JIT's turn.
        return (await MeasureAsync(_pace)).Latencies;

        Task<(Latencies Latencies, double PerSecond)> MeasureAsync(TimeSpan pace) => Load.RunAsync(
            Connections,
            Requests,
            async _ =>
            {
                using var response = await client.GetAsync(
                    new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken);
                response.EnsureSuccessStatusCode();
            },
            pace,
            inTurn: true);
    }

    private async Task<TimeSpan> ReadyAsync(BenchStack stack, string path)
    {
        var started = Stopwatch.GetTimestamp();
        await using var watched = await browser.OpenAsync(stack.Running, path);
        await Assertions.Expect(watched.Page.Locator(".loading")).ToHaveCountAsync(0);
        return Stopwatch.GetElapsedTime(started);
    }

    private async Task<TimeSpan> MedianAsync(BenchStack stack, string path)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            times.Add(await ReadyAsync(stack, path));
        }

        return times.Order().ElementAt(2);
    }

    private async Task<double> MemoryOfPagesAsync(BenchStack stack)
    {
        await using var warm = await browser.OpenAsync(stack.Running, "/");
        var before = ResidentKiB(stack);
        var pages = new List<WatchedPage>();
        for (var i = 0; i < OpenPages; i++)
        {
            pages.Add(await browser.OpenAsync(stack.Running, "/"));
        }

        var added = ResidentKiB(stack) - before;
        foreach (var page in pages)
        {
            await page.DisposeAsync();
        }

        return added / OpenPages;
    }

    private static double ResidentKiB(BenchStack stack)
    {
        var line = File.ReadLines($"/proc/{stack.Running.ProcessOf("console")}/status")
            .First(text => text.StartsWith("VmRSS", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
