namespace AiStack.Console.Telemetry.Metrics;

/// <summary>What a histogram has counted, with bounds of either sort.</summary>
internal interface IHistogramTotal
{
    long Count { get; }

    /// <summary>
    /// What was added since an earlier total of the same source; all of it where the source began again, which shows in
    /// a count that is smaller than before. <c>null</c> asks for all of it.
    /// </summary>
    Histogram Since(IHistogramTotal? earlier);

    /// <summary>Both together, where they can be counted together; else the first.</summary>
    IHistogramTotal Plus(IHistogramTotal other);
}

/// <summary>
/// Values counted in buckets: <c>Counts[i]</c> are those above <c>Bounds[i - 1]</c> and up to <c>Bounds[i]</c>; the
/// first bucket is open below, the last one, which has no bound, above. Both are empty where a source counts without
/// buckets.
/// </summary>
/// <param name="Min">The smallest value, or one that is not larger; <c>null</c> where nothing is known.</param>
/// <param name="Max">The largest value, or one that is not smaller; <c>null</c> where nothing is known.</param>
internal sealed record Histogram(double[] Bounds, long[] Counts, long Count, double Sum, double? Min, double? Max)
    : IHistogramTotal
{
    public Histogram Since(IHistogramTotal? earlier)
    {
        if (earlier is not Histogram before || Count < before.Count || !HasBoundsOf(before))
        {
            return this;
        }

        var counts = new long[Counts.Length];
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] = Counts[bucket] - before.Counts[bucket];
            if (counts[bucket] < 0)
            {
                return this;
            }
        }

        return new(before.Bounds, counts, Count - before.Count, Sum - before.Sum, Min, Max);
    }

    public IHistogramTotal Plus(IHistogramTotal other)
    {
        if (other is not Histogram with || !HasBoundsOf(with))
        {
            return this;
        }

        var counts = new long[Counts.Length];
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] = Counts[bucket] + with.Counts[bucket];
        }

        return new Histogram(
            Bounds,
            counts,
            Count + with.Count,
            Sum + with.Sum,
            Min is { } min && with.Min is { } otherMin ? Math.Min(min, otherMin) : null,
            Max is { } max && with.Max is { } otherMax ? Math.Max(max, otherMax) : null);
    }

    private bool HasBoundsOf(Histogram other) =>
        Counts.Length == other.Counts.Length && Bounds.AsSpan().SequenceEqual(other.Bounds);
}
