using AiStack.Console.Telemetry;
using AiStack.Console.Telemetry.Metrics;
using AiStack.Tests.Console.Telemetry;

namespace AiStack.Tests.Console.Overview;

/// <summary>What the services of a stack report, in the stretch of time up to a number of seconds after noon.</summary>
internal static class Reports
{
    private static readonly double[] _bounds = [0.01, 0.1, 1, 10];

    public static DateTimeOffset At(double seconds) => TelemetryStores.Noon.AddSeconds(seconds);

    /// <summary>Requests that came to the Gateway within ten seconds, each of the same duration.</summary>
    public static MetricUpdate Requests(
        double until, long count, double each = 0.05, string status = "200", bool isProbe = false) =>
        Histogram(
            new("gateway", "Microsoft.AspNetCore.Hosting", "http.server.request.duration"),
            "s",
            until,
            count,
            each,
            isProbe
                ? [new("http.response.status_code", status), new("user_agent.synthetic.type", "test")]
                : [new("http.response.status_code", status)]);

    /// <summary>Values of an instrument measured within ten seconds, all the same.</summary>
    public static MetricUpdate Histogram(
        InstrumentId id,
        string unit,
        double until,
        long count,
        double each,
        TelemetryAttribute[] dimensions,
        Exemplar[]? exemplars = null)
    {
        var counts = new long[_bounds.Length + 1];
        var bucket = Array.FindIndex(_bounds, bound => each <= bound);
        counts[bucket >= 0 ? bucket : _bounds.Length] = count;
        return new()
        {
            Resource = new(id.Service, "1", default),
            Id = id,
            Unit = unit,
            Kind = InstrumentKind.Histogram,
            Temporality = MetricTemporality.Delta,
            Points =
            [
                new()
                {
                    Dimensions = new(dimensions),
                    Start = At(until - 10),
                    Time = At(until),
                    Value = count * each,
                    Histogram = new Histogram(_bounds, counts, count, count * each, null, null),
                    Exemplars = exemplars ?? [],
                },
            ],
        };
    }

    /// <summary>A queue as one replica of a service counts it.</summary>
    public static MetricUpdate[] Queue(
        double at, string queue, long ready, long leased = 0, long parked = 0, double age = 0, string replica = "1") =>
    [
        Gauge("aistack.work.queue.depth", "{item}", at, replica,
        [
            ([new("queue", queue), new("state", "ready")], ready),
            ([new("queue", queue), new("state", "leased")], leased),
            ([new("queue", queue), new("state", "parked")], parked),
        ]),
        Gauge("aistack.work.queue.age", "s", at, replica, [([new("queue", queue)], age)]),
    ];

    private static MetricUpdate Gauge(
        string name,
        string unit,
        double at,
        string replica,
        (TelemetryAttribute[] Dimensions, double Value)[] values) => new()
    {
        Resource = new("ingest", replica, default),
        Id = new("ingest", "AiStack.Work", name),
        Unit = unit,
        Kind = InstrumentKind.Gauge,
        Points =
        [
            .. values.Select(value => new MetricPoint
            {
                Dimensions = new(value.Dimensions),
                Start = At(at),
                Time = At(at),
                Value = value.Value,
            }),
        ],
    };
}
