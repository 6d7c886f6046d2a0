using AiStack.Console.Telemetry.Metrics;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>Reads opentelemetry/proto/metrics/v1/metrics.proto, of which the numbers of the fields are.</summary>
internal static class MetricDecoder
{
    private const int Gauge = 5;
    private const int Sum = 7;
    private const int Histogram = 9;
    private const int Exponential = 10;
    private const int Summary = 11;

    /// <summary>
    /// All valid points of a message, by instrument; the others are counted in <paramref name="reading"/>.
    /// </summary>
    public static List<MetricUpdate> Decode(OtlpReading reading, ReadOnlySpan<byte> message, int field = 1)
    {
        var updates = new List<MetricUpdate>();
        Envelope.Read(reading, message, field, (item, resource, scope) =>
        {
            if (Read(reading, item, resource, scope) is { } update)
            {
                updates.Add(update);
            }
        });
        return updates;
    }

    private static MetricUpdate? Read(
        OtlpReading reading, ProtoReader item, TelemetryResource resource, TelemetryScope scope)
    {
        var (name, description, unit) = ("", "", "");
        var type = 0;
        var points = default(ReadOnlySpan<byte>);
        while (item.Next())
        {
            switch (item.Field)
            {
                case 1: name = reading.Name(item.Bytes()); break;
                case 2: description = reading.Name(item.Bytes()); break;
                case 3: unit = reading.Name(item.Bytes()); break;
                case Gauge or Sum or Histogram or Exponential or Summary:
                    type = item.Field;
                    points = item.Bytes();
                    break;
                default: break;
            }
        }

        var update = new MetricUpdate
        {
            Resource = resource,
            Id = new(resource.Service, scope.Name, name, reading.IsImported),
            Unit = unit,
            Description = description,
            Kind = type switch
            {
                Sum => InstrumentKind.Sum,
                Histogram => InstrumentKind.Histogram,
                Exponential => InstrumentKind.ExponentialHistogram,
                _ => InstrumentKind.Gauge,
            },
            Points = [],
        };
        return type == 0 ? null : ReadPoints(reading, update, type, points);
    }

    private static MetricUpdate? ReadPoints(
        OtlpReading reading, MetricUpdate update, int type, ReadOnlySpan<byte> bytes)
    {
        var (temporality, isMonotonic, count) = (MetricTemporality.Unspecified, false, 0);
        var points = new List<MetricPoint>();
        var series = new ProtoReader(bytes);
        while (series.Next())
        {
            switch (series.Field)
            {
                case 1 when type == Summary || update.Id.Name.Length == 0:
                    count++;
                    break;
                case 1:
                    count++;
                    Add(reading, points, PointDecoder.Read(reading, series.Message(), update.Kind));
                    break;
                case 2 when type != Gauge:
                    temporality = series.Int32() is >= 1 and <= 2 and var known
                        ? (MetricTemporality)known
                        : temporality;
                    break;
                case 3 when type == Sum:
                    isMonotonic = series.Bool();
                    break;
                default:
                    break;
            }
        }

        reading.Received += count;
        var isRefused = type == Summary || update.Id.Name.Length == 0
            || (type != Gauge && temporality == MetricTemporality.Unspecified);
        if (isRefused)
        {
            reading.Reject(
                type == Summary ? "Summaries are not supported; send histograms."
                : update.Id.Name.Length == 0 ? "A metric has no name."
                : "A sum or histogram does not say its aggregation temporality.",
                count);
            return null;
        }

        return update with { Temporality = temporality, IsMonotonic = isMonotonic, Points = points };
    }

    private static void Add(OtlpReading reading, List<MetricPoint> points, MetricPoint? point)
    {
        if (point is null)
        {
            return;
        }

        if (point.Time == DateTimeOffset.UnixEpoch)
        {
            reading.Reject("A metric point has no time.");
            return;
        }

        points.Add(point);
    }
}
