using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>Reads opentelemetry/proto/logs/v1/logs.proto, of which the numbers of the fields are.</summary>
internal static class LogDecoder
{
    private const int MostSevere = 24;

    /// <summary>All valid records of a message; the others are counted in <paramref name="reading"/>.</summary>
    public static List<LogRecord> Decode(OtlpReading reading, ReadOnlySpan<byte> message, int field = 1)
    {
        var records = new List<LogRecord>();
        Envelope.Read(reading, message, field, (item, resource, scope) =>
        {
            reading.Received++;
            if (Read(reading, item, resource, scope) is { } record)
            {
                records.Add(record);
            }
        });
        return records;
    }

    private static LogRecord? Read(
        OtlpReading reading, ProtoReader item, TelemetryResource resource, TelemetryScope scope)
    {
        var (time, observed, severity, severityText) = (0ul, 0ul, 0, default(string));
        var (body, bodyKind, eventName) = ("", AttributeKind.Text, default(string));
        var (traceId, spanId) = (default(string), default(string));
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 1: time = item.Fixed64(); break;
                case 2: severity = item.Int32(); break;
                case 3: severityText = reading.Name(item.Bytes()); break;
                case 5: (body, bodyKind) = reading.Value(item.Message()); break;
                case 6: reading.ReadAttribute(item.Message(), begin); break;
                case 9: traceId = reading.Id(item.Bytes(), 16); break;
                case 10: spanId = reading.Id(item.Bytes(), 8); break;
                case 11: observed = item.Fixed64(); break;
                case 12: eventName = reading.Name(item.Bytes()); break;
                default: break;
            }
        }

        var attributes = reading.TakeAttributes(begin);
        if (time == 0 && observed == 0)
        {
            reading.Reject("A log record has no time.");
            return null;
        }

        return new()
        {
            Time = OtlpTimes.ToTime(time == 0 ? observed : time),
            ObservedTime = OtlpTimes.ToTime(observed == 0 ? time : observed),
            SeverityNumber = severity is >= 0 and <= MostSevere ? severity : 0,
            SeverityText = severityText is { Length: > 0 } ? severityText : null,
            Body = body,
            BodyKind = bodyKind,
            TraceId = traceId,
            SpanId = spanId,
            EventName = eventName is { Length: > 0 } ? eventName : null,
            Scope = scope,
            Attributes = attributes,
            Resource = resource,
        };
    }
}
