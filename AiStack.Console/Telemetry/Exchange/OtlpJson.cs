using System.Globalization;
using System.Text.Json;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Telemetry.Otlp.Decoding;
using AiStack.Console.Telemetry.Traces;

namespace AiStack.Console.Telemetry.Exchange;

/// <summary>
/// Writes spans and log records as OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
/// </summary>
internal static class OtlpJson
{
    public static void WriteResource(Utf8JsonWriter json, TelemetryResource resource)
    {
        json.WriteStartObject("resource");
        WriteAttributes(json, "attributes", resource.Attributes);
        json.WriteEndObject();
    }

    public static void WriteScope(Utf8JsonWriter json, TelemetryScope scope)
    {
        json.WriteStartObject("scope");
        json.WriteString("name", scope.Name);
        WriteText(json, "version", scope.Version);
        WriteAttributes(json, "attributes", scope.Attributes);
        json.WriteEndObject();
    }

    public static void WriteSpan(Utf8JsonWriter json, Span span)
    {
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId);
        json.WriteString("spanId", span.SpanId);
        WriteText(json, "parentSpanId", span.ParentSpanId);
        WriteText(json, "traceState", span.TraceState);
        json.WriteString("name", span.Name);
        json.WriteNumber("kind", (int)span.Kind);
        WriteTime(json, "startTimeUnixNano", span.Start);
        WriteTime(json, "endTimeUnixNano", span.End);
        WriteAttributes(json, "attributes", span.Attributes);
        WriteAll(json, "events", span.Events, happened =>
        {
            WriteTime(json, "timeUnixNano", happened.Time);
            json.WriteString("name", happened.Name);
            WriteAttributes(json, "attributes", happened.Attributes);
        });
        WriteAll(json, "links", span.Links, link =>
        {
            json.WriteString("traceId", link.TraceId);
            json.WriteString("spanId", link.SpanId);
            WriteAttributes(json, "attributes", link.Attributes);
        });
        json.WriteStartObject("status");
        json.WriteNumber("code", (int)span.Status);
        WriteText(json, "message", span.StatusMessage);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteLog(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteStartObject();
        WriteTime(json, "timeUnixNano", record.Time);
        WriteTime(json, "observedTimeUnixNano", record.ObservedTime);
        json.WriteNumber("severityNumber", record.SeverityNumber);
        WriteText(json, "severityText", record.SeverityText);
        json.WritePropertyName("body");
        WriteValue(json, record.Body, record.BodyKind);
        WriteAttributes(json, "attributes", record.Attributes);
        WriteText(json, "traceId", record.TraceId);
        WriteText(json, "spanId", record.SpanId);
        WriteText(json, "eventName", record.EventName);
        json.WriteEndObject();
    }

    public static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset time) =>
        json.WriteString(name, OtlpTimes.ToNanoseconds(time).ToString(CultureInfo.InvariantCulture));

    public static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    public static void WriteAttributes(Utf8JsonWriter json, string name, TelemetryAttributes attributes)
    {
        if (attributes.Count > 0)
        {
            WriteAll(json, name, attributes, attribute =>
            {
                json.WriteString("key", attribute.Key);
                json.WritePropertyName("value");
                WriteValue(json, attribute.Value, attribute.Kind);
            });
        }
    }

    /// <summary>Numbers that JSON does not have are text, as in all JSON of protobuf.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string name, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void WriteAll<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, string text, AttributeKind kind)
    {
        if (kind == AttributeKind.Json)
        {
            using var nested = JsonDocument.Parse(text);
            WriteNested(json, nested.RootElement);
            return;
        }

        json.WriteStartObject();
        switch (kind)
        {
            case AttributeKind.Integer: json.WriteString("intValue", text); break;
            case AttributeKind.Number:
                WriteNumber(json, "doubleValue", double.Parse(text, CultureInfo.InvariantCulture));
                break;
            case AttributeKind.Boolean: json.WriteBoolean("boolValue", text == "true"); break;
            case AttributeKind.Bytes: json.WriteString("bytesValue", text); break;
            default: json.WriteString("stringValue", text); break;
        }

        json.WriteEndObject();
    }

    private static void WriteNested(Utf8JsonWriter json, JsonElement value)
    {
        json.WriteStartObject();
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                json.WriteStartObject("arrayValue");
                json.WriteStartArray("values");
                foreach (var item in value.EnumerateArray())
                {
                    WriteNested(json, item);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case JsonValueKind.Object:
                json.WriteStartObject("kvlistValue");
                WriteAll(json, "values", [.. value.EnumerateObject()], property =>
                {
                    json.WriteString("key", property.Name);
                    json.WritePropertyName("value");
                    WriteNested(json, property.Value);
                });
                json.WriteEndObject();
                break;
            case JsonValueKind.String:
                json.WriteString("stringValue", value.GetString());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                json.WriteBoolean("boolValue", value.GetBoolean());
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var whole):
                json.WriteString("intValue", whole.ToString(CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.Number:
                json.WriteNumber("doubleValue", value.GetDouble());
                break;
            default:
                break;
        }

        json.WriteEndObject();
    }
}
