using AiStack.Console.Metrics;
using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Overview;

/// <summary>What waits in a queue now.</summary>
/// <param name="Items">Ready or in work.</param>
/// <param name="Parked">Set aside after many failures: a person must look.</param>
/// <param name="Oldest">How long the oldest of them has waited.</param>
internal sealed record WaitingWork(MetricView View, string Queue, double Items, double Parked, TimeSpan Oldest)
{
    public const string Depth = "aistack.work.queue.depth";
    public const string Age = "aistack.work.queue.age";

    private const string QueueKey = "queue";

    /// <summary>The queues that make a file searchable, one after the other.</summary>
    private static readonly string[] _indexing = ["ingest.process-file", "retrieval.index-file"];

    /// <summary>Whether a file in it waits to become searchable.</summary>
    public bool IsIndexing => _indexing.Contains(Queue);

    /// <summary>
    /// All queues of all services. Replicas of a service report the same numbers, so the largest counts.
    /// </summary>
    public static IReadOnlyList<WaitingWork> Read(Measured measured) =>
        [.. measured.FindAll(Depth).SelectMany(depth => OfService(measured, depth))];

    private static IEnumerable<WaitingWork> OfService(Measured measured, Instrument depth)
    {
        var view = new MetricView { Instrument = depth.Id, SplitBy = QueueKey };
        var (ready, leased, parked) = (ByState("ready"), ByState("leased"), ByState("parked"));
        var ages = measured.Find(depth.Service, Age) is { } age
            ? Largest(measured, new() { Instrument = age.Id, SplitBy = QueueKey })
            : [];
        return ready.Keys.Select(queue => new WaitingWork(
            view.WithOnly(QueueKey, [queue]) with { SplitBy = "state" },
            queue,
            ready[queue] + leased.GetValueOrDefault(queue),
            parked.GetValueOrDefault(queue),
            TimeSpan.FromSeconds(ages.GetValueOrDefault(queue))));

        Dictionary<string, double> ByState(string state) => Largest(measured, view.WithOnly("state", [state]));
    }

    private static Dictionary<string, double> Largest(Measured measured, MetricView view) =>
        measured.Lines(view, Measured.Fresh, SeriesCombination.Max)
            .ToDictionary(line => line.Label ?? "", line => line.Total);
}
