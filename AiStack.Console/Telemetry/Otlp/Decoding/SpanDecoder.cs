using AiStack.Console.Telemetry.Otlp.Wire;
using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>Reads opentelemetry/proto/trace/v1/trace.proto, of which the numbers of the fields are.</summary>
internal static class SpanDecoder
{
    /// <summary>All valid spans of a message; the others are counted in <paramref name="reading"/>.</summary>
    public static List<Span> Decode(OtlpReading reading, ReadOnlySpan<byte> message, int field = 1)
    {
        var spans = new List<Span>();
        Envelope.Read(reading, message, field, (item, resource, scope) =>
        {
            reading.Received++;
            if (Read(reading, item, resource, scope) is { } span)
            {
                spans.Add(span);
            }
        });
        return spans;
    }

    private static Span? Read(OtlpReading reading, ProtoReader item, TelemetryResource resource, TelemetryScope scope)
    {
        var (traceId, spanId, parent, state) = (default(string), default(string), default(string), default(string));
        var (name, kind, status, statusMessage) = ("", SpanKind.Unspecified, SpanStatus.Unset, default(string));
        var (start, end) = (0ul, 0ul);
        var (events, links) = (default(List<SpanEvent>), default(List<SpanLink>));
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 1: traceId = reading.Id(item.Bytes(), 16); break;
                case 2: spanId = reading.Id(item.Bytes(), 8); break;
                case 3: state = reading.Text(item.Bytes()); break;
                case 4: parent = reading.Id(item.Bytes(), 8); break;
                case 5: name = reading.Name(item.Bytes()); break;
                case 6: kind = Known(item.Int32(), SpanKind.Consumer); break;
                case 7: start = item.Fixed64(); break;
                case 8: end = item.Fixed64(); break;
                case 9: reading.ReadAttribute(item.Message(), begin); break;
                case 11: Add(reading, ref events, ReadEvent(reading, item.Message())); break;
                case 13: Add(reading, ref links, ReadLink(reading, item.Message())); break;
                case 15: (status, statusMessage) = ReadStatus(reading, item.Message()); break;
                default: break;
            }
        }

        var attributes = reading.TakeAttributes(begin);
        if (traceId is null || spanId is null || start == 0)
        {
            reading.Reject(start == 0 ? "A span has no start time." : "A span has no valid trace id or span id.");
            return null;
        }

        return new()
        {
            TraceId = traceId,
            SpanId = spanId,
            ParentSpanId = parent,
            Name = name,
            Kind = kind,
            Start = OtlpTimes.ToTime(start),
            Duration = new(end > start ? (long)((end / 100) - (start / 100)) : 0),
            Status = status,
            StatusMessage = statusMessage,
            Attributes = attributes,
            Events = events is null ? [] : events.ToArray(),
            Links = links is null ? [] : links.ToArray(),
            Resource = resource,
            Scope = scope,
            TraceState = state is { Length: > 0 } ? state : null,
        };
    }

    private static void Add<T>(OtlpReading reading, ref List<T>? items, T? item)
        where T : class
    {
        if (item is null)
        {
            return;
        }

        items ??= [];
        if (items.Count >= reading.Limits.MaxEventsPerSpan)
        {
            reading.TooMany++;
            return;
        }

        items.Add(item);
    }

    // What a later version of OpenTelemetry may add is not known yet: as if it was not said.
    private static SpanKind Known(int value, SpanKind last) =>
        value >= 0 && value <= (int)last ? (SpanKind)value : default;

    private static SpanStatus Known(int value, SpanStatus last) =>
        value >= 0 && value <= (int)last ? (SpanStatus)value : default;

    private static SpanEvent ReadEvent(OtlpReading reading, ProtoReader item)
    {
        var (time, name) = (0ul, "");
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 1: time = item.Fixed64(); break;
                case 2: name = reading.Name(item.Bytes()); break;
                case 3: reading.ReadAttribute(item.Message(), begin); break;
                default: break;
            }
        }

        return new(OtlpTimes.ToTime(time), name, reading.TakeAttributes(begin));
    }

    private static SpanLink? ReadLink(OtlpReading reading, ProtoReader item)
    {
        var (traceId, spanId) = (default(string), default(string));
        var begin = reading.BeginAttributes();
        while (item.Next())
        {
            switch (item.Field)
            {
                case 1: traceId = reading.Id(item.Bytes(), 16); break;
                case 2: spanId = reading.Id(item.Bytes(), 8); break;
                case 4: reading.ReadAttribute(item.Message(), begin); break;
                default: break;
            }
        }

        var attributes = reading.TakeAttributes(begin);
        return traceId is null || spanId is null ? null : new(traceId, spanId, attributes);
    }

    private static (SpanStatus Status, string? Message) ReadStatus(OtlpReading reading, ProtoReader item)
    {
        var (status, message) = (SpanStatus.Unset, default(string));
        while (item.Next())
        {
            switch (item.Field)
            {
                case 2: message = reading.Text(item.Bytes()); break;
                case 3: status = Known(item.Int32(), SpanStatus.Error); break;
                default: break;
            }
        }

        return (status, message is { Length: > 0 } ? message : null);
    }
}
