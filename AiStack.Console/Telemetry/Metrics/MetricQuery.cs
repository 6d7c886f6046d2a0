namespace AiStack.Console.Telemetry.Metrics;

/// <summary>How the series of one line become one number.</summary>
public enum SeriesCombination
{
    /// <summary>What fits the instrument: gauges by their mean, everything else by its sum.</summary>
    Fitting,
    Sum,
    Mean,
    Max,
}

/// <summary>A window of an instrument.</summary>
public sealed record MetricQuery
{
    /// <summary>More than a screen has columns; a query with more steps gets longer steps.</summary>
    public const int MaxSteps = 2_000;

    public required InstrumentId Instrument { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>
    /// The length of one bucket; buckets begin at its whole multiples, so that a window that moves shows the same
    /// buckets again. Zero: one bucket, exactly from <see cref="From"/> to <see cref="To"/>.
    /// </summary>
    public TimeSpan Step { get; init; }

    /// <summary>
    /// Only series that have one of these values, for each key; an empty text stands for not having the key.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyCollection<string>> Where { get; init; } =
        new Dictionary<string, IReadOnlyCollection<string>>();

    /// <summary>
    /// One line for each value of this dimension (<see cref="MetricStore.InstanceKey"/> for each instance);
    /// <c>null</c>: one line for all.
    /// </summary>
    public string? SplitBy { get; init; }

    /// <summary>How many lines, the largest first.</summary>
    public int MaxLines { get; init; } = 20;

    /// <summary>How many exemplars, the newest first.</summary>
    public int MaxExemplars { get; init; } = 200;

    public SeriesCombination Combination { get; init; }
}

/// <summary>
/// What an instrument measured in a window, in buckets of equal length. All lists of all lines are as long as <see
/// cref="Starts"/>.
/// </summary>
/// <param name="Starts">When each bucket begins.</param>
/// <param name="HiddenLines">Lines beyond <see cref="MetricQuery.MaxLines"/>.</param>
public sealed record MetricWindow(
    Instrument Instrument,
    TimeSpan Step,
    IReadOnlyList<DateTimeOffset> Starts,
    IReadOnlyList<MetricLine> Lines,
    int HiddenLines,
    IReadOnlyList<Exemplar> Exemplars);

/// <summary>What an instrument measured in a window, by its dimensions.</summary>
/// <param name="HiddenRows">Rows beyond <see cref="MetricQuery.MaxLines"/>.</param>
public sealed record MetricRows(IReadOnlyList<MetricRow> Rows, int HiddenRows);

/// <summary>One set of dimensions and its line, of one bucket.</summary>
public sealed record MetricRow(TelemetryAttributes Dimensions, MetricLine Line);

/// <summary>One line of a chart; <c>null</c> is where nothing was reported.</summary>
public sealed record MetricLine
{
    /// <summary>
    /// The value of the dimension it is split by; empty where the series don't have it, <c>null</c> where nothing is
    /// split.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>For sums and histograms: how much, or how many, each second. Else the value.</summary>
    public required IReadOnlyList<double?> Values { get; init; }

    /// <summary>For sums and histograms: how much, or how many, in all of the window. Else the last value.</summary>
    public double Total { get; init; }

    /// <summary>For histograms: the mean of the measured values.</summary>
    public IReadOnlyList<double?> Mean { get; init; } = [];

    public IReadOnlyList<double?> P50 { get; init; } = [];

    public IReadOnlyList<double?> P90 { get; init; } = [];

    public IReadOnlyList<double?> P95 { get; init; } = [];

    public IReadOnlyList<double?> P99 { get; init; } = [];
}
