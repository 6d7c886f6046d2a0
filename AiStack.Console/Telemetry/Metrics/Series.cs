namespace AiStack.Console.Telemetry.Metrics;

/// <summary>
/// What is kept of a series: of amounts, how much was added from <paramref name="Start"/> to <paramref name="Time"/>,
/// whether it was sent as such or as a total; of values, that it was reported from then to then without a change.
/// </summary>
internal readonly record struct SeriesPoint(
    DateTimeOffset Start, DateTimeOffset Time, double Value, Histogram? Histogram)
{
    private const int NumbersOfAPoint = 16;

    /// <summary>
    /// For how many points it counts: each is about 100 bytes, and bounds that adapt are a histogram's own.
    /// </summary>
    public int Size => Histogram is { } histogram
        ? 1 + ((histogram.Bounds.Length + histogram.Counts.Length) / NumbersOfAPoint)
        : 1;
}

/// <summary>One set of dimensions of an instrument, from one instance of a service.</summary>
internal abstract class Series(TelemetryResource resource, TelemetryAttributes dimensions)
{
    /// <summary>The newest are enough to find a trace by; a series of a busy service sees thousands.</summary>
    private const int MaxExemplars = 16;

    /// <summary>A rate needs two.</summary>
    private const int MinPoints = 2;

    private readonly Queue<SeriesPoint> _points = new();
    private int _size;
    private readonly Queue<Exemplar> _exemplars = new();

    public TelemetryResource Resource => resource;

    public TelemetryAttributes Dimensions => dimensions;

    /// <summary>From when on it is known what happened.</summary>
    public DateTimeOffset FirstTime { get; protected set; } = DateTimeOffset.MaxValue;

    /// <summary>Until when it is known.</summary>
    public DateTimeOffset LastTime { get; protected set; }

    public IReadOnlyCollection<Exemplar> Exemplars => _exemplars;

    public int PointCount => _points.Count;

    /// <summary>Takes a point in; <c>false</c> when it is not newer than what is known.</summary>
    /// <param name="countsFrom">Of a first total: since when it counts; <c>null</c>: it says nothing about the time
    /// since it is known.</param>
    public bool Accept(MetricPoint point, MetricTemporality temporality, DateTimeOffset? countsFrom)
    {
        if (point.Time <= LastTime)
        {
            return false;
        }

        Take(point, temporality, countsFrom);
        LastTime = point.Time;
        foreach (var exemplar in point.Exemplars)
        {
            if (_exemplars.Count == MaxExemplars)
            {
                _exemplars.Dequeue();
            }

            _exemplars.Enqueue(exemplar);
        }

        return true;
    }

    /// <summary>Drops the oldest points beyond a number of them, or beyond a size; says how many.</summary>
    /// <param name="maxSize">See <see cref="SeriesPoint.Size"/>.</param>
    public int Trim(int maxPoints, int maxSize)
    {
        var dropped = 0;
        for (; _points.Count > maxPoints || (_size > maxSize && _points.Count > MinPoints); dropped++)
        {
            var oldest = _points.Dequeue();
            _size -= oldest.Size;
            FirstTime = oldest.Time;
        }

        return dropped;
    }

    public virtual IEnumerable<SeriesPoint> Points() => _points;

    protected abstract void Take(MetricPoint point, MetricTemporality temporality, DateTimeOffset? countsFrom);

    protected void Keep(SeriesPoint point)
    {
        _points.Enqueue(point);
        _size += point.Size;
    }
}

/// <summary>
/// A sum that only grows, or a histogram. Whatever the source sends, what is kept is how much was added, when.
/// </summary>
internal sealed class AmountSeries(TelemetryResource resource, TelemetryAttributes dimensions)
    : Series(resource, dimensions)
{
    private double? _total;
    private IHistogramTotal? _histogram;

    protected override void Take(MetricPoint point, MetricTemporality temporality, DateTimeOffset? countsFrom)
    {
        var start = temporality == MetricTemporality.Delta ? Earliest(point.Start, point.Time) : point.Start;
        var (isFirst, earlier, before) = (_total is null, _histogram, _total ?? 0);
        if (temporality != MetricTemporality.Delta)
        {
            start = isFirst ? countsFrom ?? point.Time : LastTime;
            var beganAgain = !isFirst
                && (point.Start >= LastTime || point.Value < before || point.Histogram?.Count < earlier?.Count);
            (earlier, before) = beganAgain ? (null, 0) : (earlier, before);
            (_total, _histogram) = (point.Value, point.Histogram);
            if (isFirst && countsFrom is null)
            {
                FirstTime = point.Time;
                return;
            }
        }

        FirstTime = start < FirstTime ? start : FirstTime;
        var isDelta = temporality == MetricTemporality.Delta;
        var added = point.Histogram?.Since(isDelta ? null : earlier);
        var value = added?.Sum ?? (isDelta ? point.Value : point.Value - before);
        if (added?.Count > 0 || (added is null && value != 0))
        {
            Keep(new(start, point.Time, value, added));
        }
    }

    private static DateTimeOffset Earliest(DateTimeOffset start, DateTimeOffset time) => start < time ? start : time;
}

/// <summary>
/// A gauge, or a sum that goes up and down. A value that stays takes one point, however often it is reported.
/// </summary>
internal sealed class ValueSeries(TelemetryResource resource, TelemetryAttributes dimensions)
    : Series(resource, dimensions)
{
    private static readonly TimeSpan _longestInterval = TimeSpan.FromSeconds(90);

    private SeriesPoint? _open;

    /// <summary>
    /// How long a value holds after it was reported: twice as long as it took to be reported last, so that one report
    /// may be late.
    /// </summary>
    public TimeSpan Holds { get; private set; } = _longestInterval;

    public override IEnumerable<SeriesPoint> Points() => _open is { } open ? base.Points().Append(open) : base.Points();

    protected override void Take(MetricPoint point, MetricTemporality temporality, DateTimeOffset? countsFrom)
    {
        var value = temporality == MetricTemporality.Delta ? (_open?.Value ?? 0) + point.Value : point.Value;
        if (_open is not { } open)
        {
            FirstTime = point.Time;
        }
        else
        {
            var interval = point.Time - LastTime;
            Holds = 2 * (interval < _longestInterval ? interval : _longestInterval);
            if (open.Value.Equals(value))
            {
                _open = open with { Time = point.Time };
                return;
            }

            Keep(open);
        }

        _open = new(point.Time, point.Time, value, null);
    }
}
