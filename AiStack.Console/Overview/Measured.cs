using AiStack.Console.Charts;
using AiStack.Console.Metrics;
using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Overview;

/// <summary>Instruments by name, as tiles and alerts read them: what was measured up to now.</summary>
internal sealed class Measured(MetricStore store, DateTimeOffset now)
{
    /// <summary>The time that a tile's number is of: long enough to be calm, short enough to be about now.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How old the value of a gauge may be: what a process reported that has gone since does not count.
    /// </summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>The time that a tile's chart shows.</summary>
    private static readonly TimeSpan _course = TimeSpan.FromMinutes(30);

    /// <summary>More values of a dimension than a tile counts.</summary>
    private const int MaxLines = 200;

    private static readonly TimeSpan _courseStep = TimeSpan.FromSeconds(15);

    // What was imported is somebody else's past.
    private readonly IReadOnlyList<Instrument> _instruments = [.. store.Instruments.Where(one => !one.IsImported)];

    public DateTimeOffset Now => now;

    /// <summary>The instrument of a name, of one service.</summary>
    public Instrument? Find(string service, string name) =>
        _instruments.FirstOrDefault(instrument => instrument.Name == name && instrument.Service == service);

    /// <summary>The instruments of a name, of all services that report it.</summary>
    public IEnumerable<Instrument> FindAll(string name) => _instruments.Where(instrument => instrument.Name == name);

    /// <summary>All of a stretch of time up to now in one bucket, in one line.</summary>
    public MetricLine? Total(MetricView view, TimeSpan length) => Lines(view, length) is [var line, ..] ? line : null;

    /// <summary>The same with a line for each value that the view is split by.</summary>
    public IReadOnlyList<MetricLine> Lines(
        MetricView view, TimeSpan length, SeriesCombination combination = SeriesCombination.Fitting) =>
        store.Read(Query(view, length, TimeSpan.Zero) with { Combination = combination })?.Lines ?? [];

    /// <summary>The dimensions of an instrument.</summary>
    public IReadOnlyList<string> Values(InstrumentId instrument, string dimension) =>
        store.Dimensions(instrument).FirstOrDefault(one => one.Key == dimension)?.Values ?? [];

    /// <summary>The course of the last half hour, or of as much of it as is known, for a small chart.</summary>
    public ChartContent Course(MetricView view, string title, Func<MetricLine, IReadOnlyList<double?>> values)
    {
        var known = now - (_instruments.FirstOrDefault(one => one.Id == view.Instrument)?.FirstTime ?? now);
        var window = store.Read(Query(view, known < _course ? known : _course, _courseStep));
        return window is not { Lines: [var line, ..] } ? ChartContent.Empty : new(
            [.. window.Starts.Select(start => start.ToUnixTimeMilliseconds() / 1_000.0)],
            [new(title, values(line), ChartShape.Area)]);
    }

    private MetricQuery Query(MetricView view, TimeSpan length, TimeSpan step) => new()
    {
        Instrument = view.Instrument!,
        From = now - length,
        To = now,
        Step = step,
        Where = view.Where,
        SplitBy = view.SplitBy,
        MaxLines = MaxLines,
        MaxExemplars = 0,
    };
}
