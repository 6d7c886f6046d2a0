namespace AiStack.Console.Telemetry.Traces;

/// <summary>Traces that took from <paramref name="From"/> to less than <paramref name="To"/>.</summary>
public sealed record DurationBin(TimeSpan From, TimeSpan To, int Count, int Errors);

/// <summary>
/// How many traces took how long. The bins grow by 1, 2, 5, 10, from the shortest to the longest, without gaps.
/// </summary>
public sealed record DurationHistogram(IReadOnlyList<DurationBin> Bins)
{
    private static readonly long[] _edges = [.. Edges()];

    public static DurationHistogram Of(IEnumerable<TraceSummary> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        var (counts, errors) = (new int[_edges.Length], new int[_edges.Length]);
        foreach (var trace in traces)
        {
            var bin = Bin(trace.Duration);
            counts[bin]++;
            errors[bin] += trace.ErrorCount > 0 ? 1 : 0;
        }

        var first = Array.FindIndex(counts, count => count > 0);
        var last = Array.FindLastIndex(counts, count => count > 0);
        return first < 0
            ? new DurationHistogram([])
            : new DurationHistogram([.. Enumerable.Range(first, last - first + 1).Select(bin => new DurationBin(
                new(_edges[bin]),
                bin + 1 < _edges.Length ? new(_edges[bin + 1]) : TimeSpan.MaxValue,
                counts[bin],
                errors[bin]))]);
    }

    private static int Bin(TimeSpan duration)
    {
        var found = Array.BinarySearch(_edges, duration.Ticks);
        return Math.Max(0, found >= 0 ? found : ~found - 1);
    }

    // 0, then 10 us to 11 days, in ticks of 100 ns.
    private static IEnumerable<long> Edges()
    {
        yield return 0;
        for (var decade = 100L; decade <= 1_000_000_000_000; decade *= 10)
        {
            yield return decade;
            yield return decade * 2;
            yield return decade * 5;
        }
    }
}
