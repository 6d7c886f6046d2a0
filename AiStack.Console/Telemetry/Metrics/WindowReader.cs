namespace AiStack.Console.Telemetry.Metrics;

/// <summary>Reads a window of series into lines of buckets. The formulas are at <see cref="WindowLine"/>.</summary>
internal static class WindowReader
{
    public static MetricWindow Read(Instrument instrument, IReadOnlyCollection<Series> all, MetricQuery query)
    {
        var buckets = Buckets.Of(query);
        var series = Chosen(all, query, buckets);
        var lines = series
            .GroupBy(one => query.SplitBy is { } key ? Value(one, key) : null, StringComparer.Ordinal)
            .Select(group => new WindowLine(instrument, buckets, query.Combination).Read(group.Key, group))
            .OrderByDescending(line => line.Total)
            .ThenBy(line => line.Label, StringComparer.Ordinal)
            .ToArray();
        var exemplars = series.SelectMany(one => one.Exemplars)
            .Where(exemplar => exemplar.Time >= buckets.Start && exemplar.Time < buckets.End)
            // Some sources send one again until there is a newer one.
            .DistinctBy(exemplar => (exemplar.Time, exemplar.SpanId, exemplar.Value))
            .OrderByDescending(exemplar => exemplar.Time)
            .Take(Math.Clamp(query.MaxExemplars, 0, 10_000));
        var shown = Math.Clamp(query.MaxLines, 1, 1_000);
        return new(
            instrument,
            buckets.Step,
            [.. Enumerable.Range(0, buckets.Count).Select(buckets.StartOf)],
            [.. lines.Take(shown)],
            Math.Max(0, lines.Length - shown),
            [.. exemplars]);
    }

    /// <summary>
    /// One row for each set of dimensions, that of all instances together: the window of a query in one
    /// bucket, the largest first.
    /// </summary>
    public static MetricRows ReadRows(Instrument instrument, IReadOnlyCollection<Series> all, MetricQuery query)
    {
        var buckets = Buckets.Of(query with { Step = TimeSpan.Zero });
        var rows = Chosen(all, query, buckets)
            .GroupBy(one => one.Dimensions)
            .Select(group => new MetricRow(
                group.Key, new WindowLine(instrument, buckets, query.Combination).Read(null, group)))
            .OrderByDescending(row => row.Line.Total)
            .ToArray();
        var shown = Math.Clamp(query.MaxLines, 1, 1_000);
        return new([.. rows.Take(shown)], Math.Max(0, rows.Length - shown));
    }

    private static Series[] Chosen(IReadOnlyCollection<Series> all, MetricQuery query, Buckets buckets) =>
        [
            .. all.Where(
                one => Matches(one, query.Where) && one.LastTime >= buckets.Start && one.FirstTime < buckets.End),
        ];

    private static bool Matches(Series series, IReadOnlyDictionary<string, IReadOnlyCollection<string>> where) =>
        where.All(wanted => wanted.Value.Count == 0 || wanted.Value.Contains(Value(series, wanted.Key)));

    private static string Value(Series series, string key) =>
        series.Dimensions[key] ?? (key == MetricStore.InstanceKey ? series.Resource.Instance ?? "" : "");
}

/// <summary>Buckets of equal length, one after the other.</summary>
internal readonly record struct Buckets(DateTimeOffset Start, TimeSpan Step, int Count)
{
    private static readonly TimeSpan _shortestStep = TimeSpan.FromMilliseconds(1);

    public DateTimeOffset End => Start + (Step * Count);

    public static Buckets Of(MetricQuery query)
    {
        var length = query.To > query.From + _shortestStep ? query.To - query.From : _shortestStep;
        if (query.Step <= TimeSpan.Zero)
        {
            return new(query.From, length, 1);
        }

        var least = new TimeSpan(length.Ticks / (MetricQuery.MaxSteps - 1));
        var step = query.Step > least ? query.Step : least;
        step = step > _shortestStep ? step : _shortestStep;
        var first = query.From.UtcTicks / step.Ticks;
        var last = (query.From.UtcTicks + length.Ticks - 1) / step.Ticks;
        return new(new DateTimeOffset(first * step.Ticks, TimeSpan.Zero), step, (int)(last - first) + 1);
    }

    public DateTimeOffset StartOf(int bucket) => Start + (Step * bucket);

    /// <summary>The bucket of a time; below 0, or too large, outside of the window.</summary>
    public long At(DateTimeOffset time) => (long)Math.Floor((double)(time - Start).Ticks / Step.Ticks);

    /// <summary>How much of a bucket lies between two times.</summary>
    public TimeSpan Overlap(int bucket, DateTimeOffset from, DateTimeOffset to)
    {
        var (start, end) = (StartOf(bucket), StartOf(bucket + 1));
        start = start > from ? start : from;
        end = end < to ? end : to;
        return end > start ? end - start : TimeSpan.Zero;
    }
}
