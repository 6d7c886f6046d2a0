using AiStack.Console.Charts;

namespace AiStack.Console.Usage;

/// <summary>Usage as a chart shows it: the largest groups, and the others as one.</summary>
internal static class UsageChart
{
    /// <summary>More colours than these cannot be told apart.</summary>
    private const int MaxSeries = 7;

    /// <summary>What a result is grouped by.</summary>
    public static string Id(UsageResult result) => result.Model ?? result.ApiKeyId ?? result.VectorStoreId ?? "";

    /// <summary>A series for each group of <paramref name="measure"/>, over the buckets.</summary>
    public static ChartContent Of(
        IReadOnlyList<UsageBucket> buckets, IReadOnlyList<UsageGroup> groups, Func<UsageResult, double> measure)
    {
        var largest = groups.OrderByDescending(group => measure(group.Result)).ToList();
        var shown = largest.Count > MaxSeries ? largest[..(MaxSeries - 1)] : largest;
        var ids = shown.Select(group => group.Id).ToHashSet();
        List<ChartSeries> series =
        [
            .. shown.Select(group => Series(group.Title, result => Id(result) == group.Id)),
            .. shown.Count < largest.Count
                ? [Series("Others", result => !ids.Contains(Id(result)))]
                : Array.Empty<ChartSeries>(),
        ];
        return new([.. buckets.Select(bucket => (double)bucket.StartTime)], series);

        ChartSeries Series(string title, Func<UsageResult, bool> belongs) => new(
            title,
            [.. buckets.Select(bucket => (double?)bucket.Results.Where(belongs).Sum(measure))],
            ChartShape.Bars);
    }
}
