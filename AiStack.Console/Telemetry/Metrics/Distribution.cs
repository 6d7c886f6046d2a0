namespace AiStack.Console.Telemetry.Metrics;

/// <summary>
/// Values of which only the buckets are known, whatever bounds each source uses. Within a bucket values are taken to
/// be evenly spread: with <c>F(x)</c> the sum over buckets <c>(l, u]</c> of <c>count * clamp((x - l) / (u - l), 0,
/// 1)</c>, the percentile
/// <c>p</c> is the smallest <c>x</c> with <c>F(x) >= p * count</c>, so it is exact to the width of its bucket. No
/// bucket reaches past the smallest or largest value where those are known. Where they are not, the bucket that is
/// open below begins at 0 (at its bound, if that is not positive), and the one that is open above ends where it
/// begins.
/// </summary>
internal sealed class Distribution
{
    private readonly Dictionary<double[], double[]> _counts = new(SameBounds.Instance);
    private Edge[]? _edges;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    public double Count { get; private set; }

    public double Sum { get; private set; }

    public double? Mean => Count > 0 ? Sum / Count : null;

    /// <summary>Adds the share of a histogram that falls into the time looked at.</summary>
    public void Add(Histogram histogram, double share)
    {
        if (!_counts.TryGetValue(histogram.Bounds, out var counts))
        {
            _counts[histogram.Bounds] = counts = new double[histogram.Bounds.Length + 1];
        }

        for (var bucket = 0; bucket < histogram.Counts.Length; bucket++)
        {
            counts[bucket] += histogram.Counts[bucket] * share;
        }

        Count += histogram.Count * share;
        Sum += histogram.Sum * share;
        _min = Math.Min(_min, histogram.Min ?? double.NegativeInfinity);
        _max = Math.Max(_max, histogram.Max ?? double.PositiveInfinity);
        _edges = null;
    }

    /// <summary>A percentile, <paramref name="share"/> from 0 to 1; <c>null</c> without values in buckets.</summary>
    public double? Percentile(double share)
    {
        _edges ??= Edges();
        if (_edges.Length == 0)
        {
            return null;
        }

        // Along F, from edge to edge: between two edges it is a straight line.
        var wanted = share * _counts.Values.Sum(counts => counts.Sum());
        var (at, reached, slope) = (_edges[0].At, 0.0, 0.0);
        foreach (var edge in _edges)
        {
            var grown = slope * (edge.At - at);
            if (slope > 0 && reached + grown >= wanted)
            {
                return Math.Clamp(at + ((wanted - reached) / slope), at, edge.At);
            }

            (at, reached, slope) = (edge.At, reached + grown + edge.Jump, Math.Max(0, slope + edge.Slope));
            if (edge.Jump > 0 && reached >= wanted)
            {
                return at;
            }
        }

        // The largest value: sums of fractions can end just below what is wanted.
        return at;
    }

    private Edge[] Edges()
    {
        var edges = new List<Edge>();
        foreach (var (bounds, counts) in _counts)
        {
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                if (counts[bucket] > 0 && Ends(bounds, bucket) is var (lower, upper) && !double.IsNaN(upper))
                {
                    AddBucket(edges, lower, upper, counts[bucket]);
                }
            }
        }

        // Where a bucket ends and another begins, the one that ends goes first: a narrow one's slope can be so steep
        // that together with it the other's would be lost in rounding.
        edges.Sort((left, right) => (left.At, left.Slope).CompareTo((right.At, right.Slope)));
        return [.. edges];
    }

    private static void AddBucket(List<Edge> edges, double lower, double upper, double count)
    {
        var slope = count / (upper - lower);
        if (upper > lower && double.IsFinite(slope))
        {
            edges.Add(new(lower, slope, 0));
            edges.Add(new(upper, -slope, 0));
        }
        else
        {
            edges.Add(new(upper, 0, count));
        }
    }

    private (double Lower, double Upper) Ends(double[] bounds, int bucket)
    {
        var known =
            (Min: double.IsFinite(_min) ? _min : (double?)null, Max: double.IsFinite(_max) ? _max : (double?)null);
        if (bounds.Length == 0)
        {
            return (known.Min ?? known.Max ?? double.NaN, known.Max ?? known.Min ?? double.NaN);
        }

        var upper = bucket < bounds.Length ? bounds[bucket] : known.Max ?? bounds[^1];
        var lower = bucket > 0 ? bounds[bucket - 1] : known.Min ?? Math.Min(0, upper);
        lower = bucket == 0 && known.Min is null && upper <= 0 ? upper : lower;
        lower = Math.Max(lower, known.Min ?? lower);
        upper = Math.Min(upper, known.Max ?? upper);
        return (Math.Min(lower, upper), Math.Max(lower, upper));
    }

    private readonly record struct Edge(double At, double Slope, double Jump);

    private sealed class SameBounds : IEqualityComparer<double[]>
    {
        public static readonly SameBounds Instance = new();

        public bool Equals(double[]? x, double[]? y) => ReferenceEquals(x, y) || x.AsSpan().SequenceEqual(y);

        // The bounds of a series are nearly always the same array.
        public int GetHashCode(double[] bounds) =>
            bounds.Length == 0 ? 0 : HashCode.Combine(bounds.Length, bounds[0], bounds[^1]);
    }
}
