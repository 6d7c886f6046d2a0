namespace AiStack.Console.Telemetry.Metrics;

/// <summary>
/// Adds up the points of a message for which there is no series. Sources report all their dimensions in each message,
/// so the sum of totals is a total too, and what was added since the last message is their difference.
/// </summary>
internal struct OverflowPoint
{
    public int Count { get; private set; }

    /// <summary>All of them as one; <c>null</c> when there are none.</summary>
    public MetricPoint? Sum { get; private set; }

    public void Add(MetricPoint point)
    {
        Count++;
        Sum = Sum is not { } sum ? point with { Dimensions = default } : sum with
        {
            Start = point.Start < sum.Start ? point.Start : sum.Start,
            Time = point.Time > sum.Time ? point.Time : sum.Time,
            Value = sum.Value + point.Value,
            Histogram = point.Histogram is { } histogram ? sum.Histogram?.Plus(histogram) ?? histogram : sum.Histogram,
        };
    }
}
