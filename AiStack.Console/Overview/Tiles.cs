using System.Globalization;
using AiStack.Console.Charts;
using AiStack.Console.Frame;
using AiStack.Console.Metrics;
using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Overview;

/// <summary>
/// The numbers at a glance. Each is read from a metric and leads to it; what no service has reported has no tile.
/// Numbers are of the last five minutes, charts of the last half hour.
/// </summary>
internal static class Tiles
{
    private const string Serving = "serving";

    public static IReadOnlyList<Tile> Read(Measured measured) =>
    [
        .. OfTraffic(measured),
        .. OfAnswers(measured),
        .. OfWork(measured),
    ];

    private static IEnumerable<Tile> OfTraffic(Measured measured)
    {
        if (GatewayTraffic.Read(measured, Measured.Recent) is not { } traffic)
        {
            yield break;
        }

        var requests = Count(traffic.Requests);
        yield return new("Requests", $"{Number(traffic.PerSecond)}/s", $"{requests} in 5 minutes", traffic.View.Address)
        {
            Chart = measured.Course(traffic.View, "Requests per second", line => line.Values),
            Unit = "{}/s",
        };
        yield return new(
            "Errors",
            Share(traffic.ErrorShare),
            $"{Count(traffic.Errors)} of {requests} failed",
            traffic.ErrorView.Address)
        {
            Chart = traffic.Errors > 0
                ? measured.Course(traffic.ErrorView, "Errors per second", line => line.Values)
                : ChartContent.Empty,
            Unit = "{}/s",
            IsBad = traffic.Errors > 0,
        };
        yield return new(
            "Latency (p95)", Seconds(traffic.P95), Percentiles(traffic.P50, traffic.P99), traffic.View.Address)
        {
            Chart = measured.Course(traffic.View, "95th percentile", line => line.P95),
            Unit = "s",
        };
    }

    private static IEnumerable<Tile> OfAnswers(Measured measured)
    {
        if (measured.Find(Serving, "gen_ai.server.time_to_first_token") is { } first)
        {
            var view = new MetricView { Instrument = first.Id };
            var recent = measured.Total(view, Measured.Recent);
            yield return new(
                "Time to first token (p95)",
                Seconds(recent?.P95[0]),
                Percentiles(recent?.P50[0], recent?.P99[0]),
                view.Address)
            {
                Chart = measured.Course(view, "95th percentile", line => line.P95),
                Unit = "s",
            };
        }

        if (measured.Find(Serving, "gen_ai.client.token.usage") is { } usage)
        {
            const string kind = "gen_ai.token.type";
            var view = new MetricView { Instrument = usage.Id };
            var tokens = measured.Lines(view with { SplitBy = kind }, Measured.Recent);
            yield return new(
                "Tokens",
                $"{Number(tokens.Sum(line => PerSecond(line)[0] ?? 0))}/s",
                $"{Count(Sum("input"))} in, {Count(Sum("output"))} out in 5 minutes",
                (view with { SplitBy = kind, Measure = MetricMeasure.Mean }).Address)
            {
                Chart = measured.Course(view, "Tokens per second", PerSecond),
                Unit = "{}/s",
            };

            double Sum(string type) =>
                tokens.Where(line => line.Label == type).Sum(line => line.Total * (line.Mean[0] ?? 0));
        }
    }

    private static IEnumerable<Tile> OfWork(Measured measured)
    {
        var queues = WaitingWork.Read(measured);
        if (queues.Count > 0)
        {
            var parked = queues.Sum(queue => queue.Parked);
            var longest = queues.MaxBy(queue => queue.Items)!;
            var waiting = queues.Sum(queue => queue.Items);
            yield return new(
                "Work in queues",
                Count(waiting),
                parked > 0 ? $"{Count(parked)} set aside after failures"
                    : waiting > 0 ? $"oldest {Words.Duration(queues.Max(queue => queue.Oldest))}" : "nothing waits",
                (longest.View with { Window = TimeSpan.FromHours(1) }).Address)
            {
                IsBad = parked > 0,
                Chart = measured.Course(
                    longest.View.WithOnly("state", ["ready"]) with { SplitBy = null },
                    longest.Queue,
                    line => line.Values),
            };
        }

        if (measured.Find("retrieval", "aistack.retrieval.file.time_to_searchable") is { } searchable)
        {
            var view = new MetricView { Instrument = searchable.Id, Window = TimeSpan.FromHours(1) };
            var recent = measured.Total(view, TimeSpan.FromHours(1));
            var oldest = queues.Where(queue => queue.IsIndexing).Select(queue => queue.Oldest).DefaultIfEmpty().Max();
            yield return new(
                "Index freshness",
                oldest > TimeSpan.Zero ? $"{Words.Duration(oldest)} behind" : "Up to date",
                recent?.P95[0] is { } p95 ? $"95 % of files found within {Seconds(p95)}" : "no new files in an hour",
                view.Address)
            {
                Chart = measured.Course(view, "95th percentile", line => line.P95),
                Unit = "s",
            };
        }
    }

    // The sum of what was measured each second: how often, times the mean.
    private static double?[] PerSecond(MetricLine line) =>
        [.. line.Values.Zip(line.Mean, (rate, mean) => rate * (mean ?? 0))];

    private static string Percentiles(double? p50, double? p99) =>
        p50 is null ? "nothing in 5 minutes" : $"half within {Seconds(p50)}, 99 % within {Seconds(p99)}";

    private static string Seconds(double? seconds) => ChartValue.Text(seconds, "s");

    private static string Number(double value) => ChartValue.Text(value < 0.01 ? Math.Round(value, 3) : value, null);

    private static string Count(double count) => Math.Round(count).ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
