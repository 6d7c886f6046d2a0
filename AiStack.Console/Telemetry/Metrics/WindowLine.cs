namespace AiStack.Console.Telemetry.Metrics;

/// <summary>
/// Makes one line of series. For each bucket:
/// <list type="bullet">
/// <item>Amounts (sums that only grow, histograms): what was added between two reports is taken to have been added
/// evenly; the bucket gets the share of it that overlaps. Its rate is that divided by the part of the bucket of which
/// the series is known, so neither the first nor the running bucket looks too low. Rates of series add up.</item>
/// <item>Percentiles: of the shares of the histograms of all series together (<see cref="Distribution"/>).</item>
/// <item>Values: of each series the last one in the bucket, or an earlier one that still holds; then their mean
/// (gauges) or sum.</item>
/// </list>
/// </summary>
internal sealed class WindowLine(Instrument instrument, Buckets buckets, SeriesCombination combination)
{
    private readonly double[] _sums = new double[buckets.Count];
    private readonly double[] _maxima = new double[buckets.Count];
    private readonly int[] _known = new int[buckets.Count];
    private readonly Distribution?[] _distributions = new Distribution?[instrument.IsHistogram ? buckets.Count : 0];
    private double _total;

    public MetricLine Read(string? label, IEnumerable<Series> series)
    {
        foreach (var one in series)
        {
            if (one is ValueSeries values)
            {
                AddValues(values);
            }
            else
            {
                AddAmounts(one);
            }
        }

        var shown = Enumerable.Range(0, buckets.Count).Select(Shown).ToArray();
        return new()
        {
            Label = label,
            Values = shown,
            Total = instrument.IsRate ? _total : Array.FindLast(shown, value => value is not null) ?? 0,
            Mean = [.. _distributions.Select(distribution => distribution?.Mean)],
            P50 = Percentiles(0.50),
            P90 = Percentiles(0.90),
            P95 = Percentiles(0.95),
            P99 = Percentiles(0.99),
        };
    }

    private double?[] Percentiles(double share) =>
        [.. _distributions.Select(distribution => distribution?.Percentile(share))];

    private double? Shown(int bucket)
    {
        if (_known[bucket] == 0)
        {
            return null;
        }

        var isMean = combination == SeriesCombination.Mean
            || (combination == SeriesCombination.Fitting && instrument.Kind == InstrumentKind.Gauge);
        return combination == SeriesCombination.Max ? _maxima[bucket]
            : isMean ? _sums[bucket] / _known[bucket]
            : _sums[bucket];
    }

    private void AddAmounts(Series series)
    {
        var amounts = new double[buckets.Count];
        foreach (var point in series.Points())
        {
            var (first, last) = Range(point.Start, point.Time);
            for (var bucket = first; bucket <= last; bucket++)
            {
                var share = point.Time > point.Start
                    ? buckets.Overlap(bucket, point.Start, point.Time) / (point.Time - point.Start)
                    : 1;
                amounts[bucket] += share * (point.Histogram?.Count ?? point.Value);
                if (point.Histogram is { } histogram && share > 0)
                {
                    (_distributions[bucket] ??= new()).Add(histogram, share);
                }
            }
        }

        for (var bucket = 0; bucket < amounts.Length; bucket++)
        {
            var known = buckets.Overlap(bucket, series.FirstTime, series.LastTime);
            _total += amounts[bucket];
            if (known > TimeSpan.Zero)
            {
                Add(bucket, amounts[bucket] / known.TotalSeconds);
            }
            else if (amounts[bucket] > 0)
            {
                // Reported for one moment, without a start: what is known is that it happened in this bucket.
                Add(bucket, amounts[bucket] / buckets.Step.TotalSeconds);
            }
        }
    }

    private void AddValues(ValueSeries series)
    {
        var values = new double?[buckets.Count];
        foreach (var point in series.Points())
        {
            // A later value takes over where it begins.
            var (first, last) = Range(point.Start, point.Time + series.Holds);
            for (var bucket = first; bucket <= last; bucket++)
            {
                values[bucket] = point.Value;
            }
        }

        for (var bucket = 0; bucket < values.Length; bucket++)
        {
            if (values[bucket] is { } value)
            {
                Add(bucket, value);
            }
        }
    }

    private (int First, int Last) Range(DateTimeOffset from, DateTimeOffset to)
    {
        var last = buckets.At(to);
        // What ends where a bucket begins is not in it.
        last -= to > from && to == buckets.Start + (buckets.Step * last) ? 1 : 0;
        return ((int)Math.Clamp(buckets.At(from), 0, int.MaxValue), (int)Math.Clamp(last, -1, buckets.Count - 1));
    }

    private void Add(int bucket, double value)
    {
        _maxima[bucket] = _known[bucket] == 0 ? value : Math.Max(_maxima[bucket], value);
        _sums[bucket] += value;
        _known[bucket]++;
    }
}
