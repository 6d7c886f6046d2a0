using System.Globalization;
using AiStack.Console.Charts;
using AiStack.Console.Frame;
using AiStack.Console.Usage;

namespace AiStack.Console.Overview;

/// <summary>The numbers at a glance, each with its course over the range.</summary>
internal static class Tiles
{
    public static IReadOnlyList<Tile> Read(Glance glance) =>
    [
        .. OfAnswers(glance.Total, glance.Buckets),
        .. OfTimes(glance.Total, glance.Buckets),
        .. OfAmounts(glance.Total, glance.Buckets),
        .. OfWork(glance.Queues),
    ];

    private static IEnumerable<Tile> OfAnswers(UsageResult? total, UsageBuckets buckets)
    {
        var (requests, failed) = (total?.NumModelRequests ?? 0, total?.NumFailedRequests ?? 0);
        yield return new("Requests", Words.Number(requests), Words.Count(total?.NumRefusals ?? 0, "refusal"), "usage")
        {
            Chart = Counts(buckets, "Requests", result => result.NumModelRequests),
            Unit = "1",
        };
        yield return new(
            "Errors",
            Share(failed, requests),
            $"{Words.Number(failed)} failed, {Words.Number(total?.NumCancelledRequests ?? 0)} cancelled",
            "usage")
        {
            Chart = Counts(buckets, "Failed", result => result.NumFailedRequests),
            Unit = "1",
            IsBad = failed > 0,
        };
        yield return new(
            "Cited",
            Share(total?.NumCitedRequests ?? 0, requests),
            "of the answers name their sources",
            "usage")
        {
            Chart = Counts(buckets, "Cited", result => result.NumCitedRequests),
            Unit = "1",
        };
    }

    private static IEnumerable<Tile> OfTimes(UsageResult? total, UsageBuckets buckets)
    {
        yield return new(
            "Latency (p95)",
            Seconds(total?.LatencyP95Seconds),
            total?.LatencyP50Seconds is null
                ? "no answer in this time"
                : $"half within {Seconds(total.LatencyP50Seconds)}, 99 % within {Seconds(total.LatencyP99Seconds)}",
            "usage")
        {
            Chart = Course(buckets, "95th percentile", result => result?.LatencyP95Seconds),
            Unit = "s",
        };
        yield return new(
            "First words (p95)",
            Seconds(total?.FirstTokenP95Seconds),
            total?.FirstTokenP50Seconds is null
                ? "no words in this time"
                : $"half within {Seconds(total.FirstTokenP50Seconds)}",
            "usage")
        {
            Chart = Course(buckets, "95th percentile", result => result?.FirstTokenP95Seconds),
            Unit = "s",
        };
    }

    private static IEnumerable<Tile> OfAmounts(UsageResult? total, UsageBuckets buckets)
    {
        var (input, output) = (total?.InputTokens ?? 0, total?.OutputTokens ?? 0);
        yield return new(
            "Tokens", Words.Number(input + output), $"{Words.Number(input)} in, {Words.Number(output)} out", "usage")
        {
            Chart = Counts(buckets, "Tokens", result => result.InputTokens + result.OutputTokens),
            Unit = "1",
        };
        yield return new(
            "Cost",
            total is null ? Money.Text(0, buckets.Currency) : Money.Known(total),
            total is { NumUnpricedRequests: > 0 and var unpriced }
                ? $"of {Words.Count(unpriced, "answer")} it is not known"
                : "of all answers",
            "usage")
        {
            Chart = Counts(buckets, "Cost", result => (double)result.Cost),
            Unit = $"{{{buckets.Currency}}}",
        };
    }

    private static IEnumerable<Tile> OfWork(IReadOnlyList<QueueView> queues)
    {
        var waiting = queues.Sum(queue => queue.Ready + queue.Leased);
        var parked = queues.Sum(queue => queue.Parked);
        var oldest = queues.Select(queue => queue.OldestSeconds).DefaultIfEmpty().Max();
        yield return new(
            "Waiting work",
            Words.Number(waiting),
            parked > 0 ? $"{Words.Number(parked)} set aside after failures"
                : waiting > 0 ? $"the oldest for {ChartValue.Text(oldest, "s")}"
                : "nothing waits",
            "files")
        {
            IsBad = parked > 0,
        };
    }

    private static ChartContent Counts(UsageBuckets buckets, string title, Func<UsageResult, double> measure) =>
        Course(buckets, title, result => result is null ? 0 : measure(result));

    private static ChartContent Course(UsageBuckets buckets, string title, Func<UsageResult?, double?> measure) => new(
        [.. buckets.Data.Select(bucket => (double)bucket.StartTime)],
        [
            new(
                title,
                [.. buckets.Data.Select(bucket => measure(bucket.Results is [var one, ..] ? one : null))],
                ChartShape.Bars),
        ]);

    private static string Seconds(double? seconds) => ChartValue.Text(seconds, "s");

    private static string Share(long part, long whole) => whole == 0
        ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.#} %");
}
