namespace AiStack.Console.Telemetry.Metrics;

/// <summary>
/// Counts of buckets whose bounds are powers of <c>2^(2^-scale)</c>: <c>Counts[i]</c> are the values above the power
/// <c>Offset + i</c> and up to the next one.
/// </summary>
internal readonly record struct ExponentialBuckets(int Offset, long[] Counts)
{
    /// <summary>The same values with buckets as wide as <c>2^<paramref name="steps"/></c> of these.</summary>
    public ExponentialBuckets Wider(int steps)
    {
        if (steps == 0 || Counts.Length == 0)
        {
            return this;
        }

        // An arithmetic shift rounds down, also below zero: as the powers do.
        var offset = Offset >> steps;
        var counts = new long[((Offset + Counts.Length - 1) >> steps) - offset + 1];
        for (var bucket = 0; bucket < Counts.Length; bucket++)
        {
            counts[((Offset + bucket) >> steps) - offset] += Counts[bucket];
        }

        return new(offset, counts);
    }

    /// <summary>How many buckets it takes to count both.</summary>
    public int WidthWith(ExponentialBuckets other) =>
        Counts.Length == 0 ? other.Counts.Length
        : other.Counts.Length == 0 ? Counts.Length
        : Math.Max(Offset + Counts.Length, other.Offset + other.Counts.Length) - Math.Min(Offset, other.Offset);

    /// <summary>These with <paramref name="sign"/> times the other's, of the same scale.</summary>
    public ExponentialBuckets With(ExponentialBuckets other, int sign)
    {
        if (other.Counts.Length == 0)
        {
            return this;
        }

        var first = Counts.Length == 0 ? other.Offset : Math.Min(Offset, other.Offset);
        var last =
            Math.Max(Counts.Length == 0 ? int.MinValue : Offset + Counts.Length, other.Offset + other.Counts.Length);
        var counts = new long[last - first];
        Counts.CopyTo(counts, Counts.Length == 0 ? 0 : Offset - first);
        for (var bucket = 0; bucket < other.Counts.Length; bucket++)
        {
            counts[other.Offset - first + bucket] += sign * other.Counts[bucket];
        }

        return new(first, counts);
    }
}

/// <summary>A histogram whose buckets grow by a constant factor, and become wider as values spread.</summary>
internal sealed record ExponentialHistogram(
    int Scale,
    double ZeroThreshold,
    long ZeroCount,
    ExponentialBuckets Positive,
    ExponentialBuckets Negative,
    long Count,
    double Sum,
    double? Min,
    double? Max) : IHistogramTotal
{
    /// <summary>The scales that bounds can be computed with.</summary>
    public const int MinScale = -10;

    public const int MaxScale = 20;

    /// <summary>Powers beyond these are not numbers any more.</summary>
    public const int MaxIndex = 1 << 30;

    /// <summary>Buckets that two histograms may have together; sources keep to some hundreds.</summary>
    private const int MaxWidth = 8_192;

    public Histogram Since(IHistogramTotal? earlier)
    {
        if (earlier is not ExponentialHistogram before || Count < before.Count || Combine(before, -1) is not { } added)
        {
            return ToHistogram();
        }

        return added.ZeroCount < 0 || added.Positive.Counts.Any(count => count < 0)
            || added.Negative.Counts.Any(count => count < 0)
            ? ToHistogram()
            : added.ToHistogram();
    }

    public IHistogramTotal Plus(IHistogramTotal other) =>
        other is ExponentialHistogram with ? Combine(with, 1) ?? this : this;

    /// <summary>The same with its bounds written out.</summary>
    public Histogram ToHistogram()
    {
        var (bounds, counts) = (new List<double>(), new List<long> { 0 });
        for (var bucket = Negative.Counts.Length; bucket > 0; bucket--)
        {
            bounds.Add(-Power(Negative.Offset + bucket));
            counts.Add(Negative.Counts[bucket - 1]);
        }

        if (Negative.Counts.Length > 0)
        {
            // Zeros have a bucket of their own, however narrow, and what is between it and the others is empty.
            bounds.Add(-Power(Negative.Offset));
            counts.Add(0);
            bounds.Add(-Math.Max(ZeroThreshold, double.Epsilon));
            counts.Add(0);
        }

        bounds.Add(ZeroThreshold);
        counts[^1] += ZeroCount;
        counts.Add(0);
        for (var bucket = 0; bucket < Positive.Counts.Length; bucket++)
        {
            if (bucket == 0)
            {
                bounds.Add(Power(Positive.Offset));
                counts.Add(0);
            }

            counts[^1] += Positive.Counts[bucket];
            bounds.Add(Power(Positive.Offset + bucket + 1));
            counts.Add(0);
        }

        return new([.. bounds], [.. counts], Count, Sum, Min, Max);
    }

    // Null where the values of both are so far apart that no array holds all the buckets between them.
    private ExponentialHistogram? Combine(ExponentialHistogram other, int sign)
    {
        var scale = Math.Min(Scale, other.Scale);
        var (mine, its) = (Scale - scale, other.Scale - scale);
        if (Positive.Wider(mine).WidthWith(other.Positive.Wider(its)) > MaxWidth
            || Negative.Wider(mine).WidthWith(other.Negative.Wider(its)) > MaxWidth)
        {
            return null;
        }

        return this with
        {
            Scale = scale,
            ZeroCount = ZeroCount + (sign * other.ZeroCount),
            Positive = Positive.Wider(mine).With(other.Positive.Wider(its), sign),
            Negative = Negative.Wider(mine).With(other.Negative.Wider(its), sign),
            Count = Count + (sign * other.Count),
            Sum = Sum + (sign * other.Sum),
        };
    }

    private double Power(int index) => Math.Min(Math.Pow(2, index * Math.Pow(2, -Scale)), double.MaxValue);
}
