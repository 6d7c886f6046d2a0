using System.Globalization;
using System.Text.Json;
using AiStack.Console.Telemetry.Metrics;

namespace AiStack.Console.Telemetry.Exchange;

/// <summary>
/// Writes series as OTLP/JSON: as what was added from time to time (delta temporality) or, for values, as they were
/// reported. Histograms have the bounds written out, whichever sort they were.
/// </summary>
internal static class OtlpMetricJson
{
    public static void Write(Utf8JsonWriter json, SeriesCopy series)
    {
        var instrument = series.Instrument;
        json.WriteStartObject();
        json.WriteString("name", instrument.Name);
        json.WriteString("description", instrument.Description);
        json.WriteString("unit", instrument.Unit);
        json.WriteStartObject(
            instrument.IsHistogram ? "histogram" : instrument.Kind == InstrumentKind.Sum ? "sum" : "gauge");
        if (instrument.Kind != InstrumentKind.Gauge)
        {
            json.WriteNumber(
                "aggregationTemporality",
                (int)(instrument.IsRate ? MetricTemporality.Delta : MetricTemporality.Cumulative));
        }

        if (instrument.Kind == InstrumentKind.Sum)
        {
            json.WriteBoolean("isMonotonic", instrument.IsMonotonic);
        }

        json.WriteStartArray("dataPoints");
        var points = Points(series).ToArray();
        for (var i = 0; i < points.Length; i++)
        {
            WritePoint(json, series, points[i], isLast: i == points.Length - 1);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Times in which nothing was added are said too: it is known that nothing was.
    private static IEnumerable<SeriesPoint> Points(SeriesCopy series)
    {
        var until = series.FirstTime;
        foreach (var point in series.Points)
        {
            if (!series.Instrument.IsRate)
            {
                yield return point with { Time = point.Start };
                if (point.Time > point.Start)
                {
                    yield return point with { Start = point.Time };
                }

                continue;
            }

            if (point.Start > until)
            {
                yield return new(until, point.Start, 0, null);
            }

            yield return point;
            until = point.Time;
        }

        if (series.Instrument.IsRate && until <= series.LastTime
            && (until < series.LastTime || series.Points.Count == 0))
        {
            yield return new(until, series.LastTime, 0, null);
        }
    }

    private static void WritePoint(Utf8JsonWriter json, SeriesCopy series, SeriesPoint point, bool isLast)
    {
        json.WriteStartObject();
        OtlpJson.WriteAttributes(json, "attributes", series.Dimensions);
        OtlpJson.WriteTime(json, "startTimeUnixNano", point.Start);
        OtlpJson.WriteTime(json, "timeUnixNano", point.Time);
        if (series.Instrument.IsHistogram)
        {
            WriteHistogram(json, point.Histogram);
        }
        else
        {
            json.WriteNumber("asDouble", point.Value);
        }

        if (isLast)
        {
            OtlpJson.WriteAll(json, "exemplars", series.Exemplars, exemplar => WriteExemplar(json, exemplar));
        }

        json.WriteEndObject();
    }

    private static void WriteHistogram(Utf8JsonWriter json, Histogram? histogram)
    {
        json.WriteString("count", (histogram?.Count ?? 0).ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("sum", histogram?.Sum ?? 0);
        if (histogram is null)
        {
            return;
        }

        if (histogram.Min is { } min)
        {
            json.WriteNumber("min", min);
        }

        if (histogram.Max is { } max)
        {
            json.WriteNumber("max", max);
        }

        json.WriteStartArray("bucketCounts");
        foreach (var count in histogram.Counts)
        {
            json.WriteStringValue(count.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndArray();
        json.WriteStartArray("explicitBounds");
        foreach (var bound in histogram.Bounds)
        {
            json.WriteNumberValue(bound);
        }

        json.WriteEndArray();
    }

    private static void WriteExemplar(Utf8JsonWriter json, Exemplar exemplar)
    {
        OtlpJson.WriteTime(json, "timeUnixNano", exemplar.Time);
        json.WriteNumber("asDouble", exemplar.Value);
        OtlpJson.WriteText(json, "traceId", exemplar.TraceId);
        OtlpJson.WriteText(json, "spanId", exemplar.SpanId);
        OtlpJson.WriteAttributes(json, "filteredAttributes", exemplar.Attributes);
    }
}
