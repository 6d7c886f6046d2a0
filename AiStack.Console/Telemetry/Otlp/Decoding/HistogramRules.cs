using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>What a histogram must be for its numbers to mean something.</summary>
internal static class HistogramRules
{
    /// <summary>
    /// OpenTelemetry's own have 15 or 160; what is far beyond is a mistake, and would be kept for each point.
    /// </summary>
    public const int MaxBuckets = 1_024;

    /// <summary>A histogram with bounds that are sent; <c>null</c> and the reason when it is refused.</summary>
    public static Histogram? Explicit(
        List<ulong> counts, List<ulong> bounds, ulong count, double sum, double? min, double? max, out string? reason)
    {
        double[] numbers = [.. bounds.Select(BitConverter.UInt64BitsToDouble)];
        reason = WhyNot(counts, numbers, count, sum);
        return reason is not null ? null : new Histogram(
            numbers, [.. counts.Select(each => (long)each)], (long)count, sum, Finite(min), Finite(max));
    }

    public static string? WhyNot(ExponentialHistogram histogram)
    {
        var buckets = histogram.Positive.Counts.Concat(histogram.Negative.Counts);
        return histogram.Scale is < ExponentialHistogram.MinScale or > ExponentialHistogram.MaxScale
            ? "The scale of an exponential histogram is not one that is supported: -10 to 20."
            : !IsWithin(histogram.Positive) || !IsWithin(histogram.Negative)
            ? "The buckets of an exponential histogram are at numbers that do not exist."
            : !double.IsFinite(histogram.Sum) || !(histogram.ZeroThreshold >= 0)
                || !double.IsFinite(histogram.ZeroThreshold)
            ? "A histogram's sum or zero threshold is not a number that it can be."
            : buckets.Append(histogram.ZeroCount).Append(histogram.Count).Any(count => count > MaxCount)
            ? "A histogram counts more than can be."
            : null;
    }

    /// <summary>Counts below this can be added up a million times.</summary>
    private const long MaxCount = 1L << 43;

    private static string? WhyNot(List<ulong> counts, double[] bounds, ulong count, double sum) =>
        counts.Count != 0 && counts.Count != bounds.Length + 1
            ? "A histogram must have one bucket more than it has bounds."
        : counts.Count == 0 && bounds.Length != 0 ? "A histogram has bounds but no buckets."
        : bounds.Any(bound => !double.IsFinite(bound)) ? "A histogram's bounds must be finite numbers."
        : bounds.Zip(bounds.Skip(1)).Any(pair => pair.First >= pair.Second) ? "A histogram's bounds must grow."
        : !double.IsFinite(sum) ? "A histogram's sum is not a finite number."
        : counts.Append(count).Any(each => each > MaxCount) ? "A histogram counts more than can be."
        : null;

    private static bool IsWithin(ExponentialBuckets buckets) =>
        buckets.Offset is > -ExponentialHistogram.MaxIndex and < ExponentialHistogram.MaxIndex;

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
