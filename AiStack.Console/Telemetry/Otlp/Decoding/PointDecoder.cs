using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>Reads one data point, of each of the types that there are.</summary>
internal static class PointDecoder
{
    /// <summary>OpenTelemetry's flag of a point that says that there is no value.</summary>
    private const uint NoRecordedValue = 1;

    /// <summary>Exemplars of a point that are read; a series keeps fewer.</summary>
    private const int MaxExemplars = 64;

    /// <summary>Reads a point; <c>null</c> when it says that nothing was recorded, or when it is refused.</summary>
    public static MetricPoint? Read(OtlpReading reading, ProtoReader item, InstrumentKind kind) => kind switch
    {
        InstrumentKind.Histogram => ReadHistogram(reading, item),
        InstrumentKind.ExponentialHistogram => ReadExponential(reading, item),
        _ => ReadNumber(reading, item),
    };

    private static MetricPoint? ReadNumber(OtlpReading reading, ProtoReader item)
    {
        var (start, time, value, flags) = (0ul, 0ul, default(double?), 0ul);
        var exemplars = default(List<Exemplar>);
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 2: start = item.Fixed64(); break;
                case 3: time = item.Fixed64(); break;
                case 4: value = item.Double(); break;
                case 5: AddExemplar(reading, ref exemplars, item.Message()); break;
                case 6: value = unchecked((long)item.Fixed64()); break;
                case 7: reading.ReadDimension(item.Message(), begin); break;
                case 8: flags = item.Varint(); break;
                default: break;
            }
        }

        var dimensions = reading.TakeAttributes(begin, sorted: true);
        if ((flags & NoRecordedValue) != 0)
        {
            return null;
        }

        if (value is not { } number || !double.IsFinite(number))
        {
            reading.Reject("A metric point has no value, or one that is not a finite number.");
            return null;
        }

        return Point(dimensions, start, time, exemplars) with { Value = number };
    }

    private static MetricPoint? ReadHistogram(OtlpReading reading, ProtoReader item)
    {
        var (start, time, flags) = (0ul, 0ul, 0ul);
        var (count, sum, min, max) = (0ul, 0.0, default(double?), default(double?));
        var (counts, bounds) = (new List<ulong>(), new List<ulong>());
        var exemplars = default(List<Exemplar>);
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 2: start = item.Fixed64(); break;
                case 3: time = item.Fixed64(); break;
                case 4: count = item.Fixed64(); break;
                case 5: sum = item.Double(); break;
                case 6: item.Fixed64s(counts, HistogramRules.MaxBuckets); break;
                case 7: item.Fixed64s(bounds, HistogramRules.MaxBuckets); break;
                case 8: AddExemplar(reading, ref exemplars, item.Message()); break;
                case 9: reading.ReadDimension(item.Message(), begin); break;
                case 10: flags = item.Varint(); break;
                case 11: min = item.Double(); break;
                case 12: max = item.Double(); break;
                default: break;
            }
        }

        var dimensions = reading.TakeAttributes(begin, sorted: true);
        if ((flags & NoRecordedValue) != 0)
        {
            return null;
        }

        var histogram = HistogramRules.Explicit(counts, bounds, count, sum, min, max, out var reason);
        return Point(reading, dimensions, start, time, exemplars, histogram, sum, reason);
    }

    private static MetricPoint? ReadExponential(OtlpReading reading, ProtoReader item)
    {
        var (start, time, flags) = (0ul, 0ul, 0ul);
        var (count, sum, min, max) = (0ul, 0.0, default(double?), default(double?));
        var (scale, zeroCount, zeroThreshold) = (0, 0ul, 0.0);
        var (positive, negative) = (default(ExponentialBuckets), default(ExponentialBuckets));
        var exemplars = default(List<Exemplar>);
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 1: reading.ReadDimension(item.Message(), begin); break;
                case 2: start = item.Fixed64(); break;
                case 3: time = item.Fixed64(); break;
                case 4: count = item.Fixed64(); break;
                case 5: sum = item.Double(); break;
                case 6: scale = item.SInt32(); break;
                case 7: zeroCount = item.Fixed64(); break;
                case 8: positive = ReadBuckets(item.Message()); break;
                case 9: negative = ReadBuckets(item.Message()); break;
                case 10: flags = item.Varint(); break;
                case 11: AddExemplar(reading, ref exemplars, item.Message()); break;
                case 12: min = item.Double(); break;
                case 13: max = item.Double(); break;
                case 14: zeroThreshold = item.Double(); break;
                default: break;
            }
        }

        var dimensions = reading.TakeAttributes(begin, sorted: true);
        if ((flags & NoRecordedValue) != 0)
        {
            return null;
        }

        var histogram = new ExponentialHistogram(
            scale,
            zeroThreshold,
            (long)Math.Min(zeroCount, long.MaxValue),
            positive with { Counts = positive.Counts ?? [] },
            negative with { Counts = negative.Counts ?? [] },
            (long)Math.Min(count, long.MaxValue),
            sum,
            min,
            max);
        return Point(reading, dimensions, start, time, exemplars, histogram, sum, HistogramRules.WhyNot(histogram));
    }

    private static ExponentialBuckets ReadBuckets(ProtoReader item)
    {
        var (offset, counts) = (0, new List<ulong>());
        while (item.Next())
        {
            switch (item.Field)
            {
                case 1: offset = item.SInt32(); break;
                case 2: item.Varints(counts, HistogramRules.MaxBuckets); break;
                default: break;
            }
        }

        return new(offset, [.. counts.Select(count => (long)Math.Min(count, long.MaxValue))]);
    }

    private static MetricPoint? Point(
        OtlpReading reading,
        TelemetryAttributes dimensions,
        ulong start,
        ulong time,
        List<Exemplar>? exemplars,
        IHistogramTotal? histogram,
        double sum,
        string? reason)
    {
        if (histogram is null || reason is not null)
        {
            reading.Reject(reason ?? "A histogram is not valid.");
            return null;
        }

        return Point(dimensions, start, time, exemplars) with { Value = sum, Histogram = histogram };
    }

    private static MetricPoint Point(
        TelemetryAttributes dimensions, ulong start, ulong time, List<Exemplar>? exemplars) => new()
    {
        Dimensions = dimensions,
        Start = OtlpTimes.ToTime(start == 0 ? time : Math.Min(start, time)),
        Time = OtlpTimes.ToTime(time),
        Exemplars = exemplars is null ? [] : exemplars,
    };

    private static void AddExemplar(OtlpReading reading, ref List<Exemplar>? exemplars, ProtoReader item)
    {
        var (time, value, traceId, spanId) = (0ul, double.NaN, default(string), default(string));
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 2: time = item.Fixed64(); break;
                case 3: value = item.Double(); break;
                case 4: spanId = reading.Id(item.Bytes(), 8); break;
                case 5: traceId = reading.Id(item.Bytes(), 16); break;
                case 6: value = unchecked((long)item.Fixed64()); break;
                case 7: reading.ReadDimension(item.Message(), begin); break;
                default: break;
            }
        }

        var attributes = reading.TakeAttributes(begin);
        exemplars ??= [];
        if (exemplars.Count >= MaxExemplars)
        {
            reading.TooMany++;
        }
        else if (double.IsFinite(value) && time > 0)
        {
            exemplars.Add(new(OtlpTimes.ToTime(time), value, traceId, spanId, attributes));
        }
    }
}
