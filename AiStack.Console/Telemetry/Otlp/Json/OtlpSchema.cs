namespace AiStack.Console.Telemetry.Otlp.Json;

/// <summary>How a JSON value of OTLP is written in protobuf.</summary>
internal enum FieldType
{
    Text,

    /// <summary>Hexadecimal in JSON: OTLP's exception for ids.</summary>
    Id,

    /// <summary>Base 64 in JSON.</summary>
    Bytes,
    Bool,

    /// <summary>A number, or the text of one, as 64-bit numbers are in JSON.</summary>
    Varint,
    SInt32,
    Fixed32,
    Fixed64,
    Double,
    Message,
}

/// <summary>A field of a message: its number, its type, whether it is an array, and for a message, which.</summary>
internal sealed record OtlpField(int Number, FieldType Type, bool IsRepeated = false, OtlpMessage? Message = null);

/// <summary>The fields of a message by their names in JSON.</summary>
internal sealed class OtlpMessage
{
    private readonly Dictionary<string, OtlpField> _fields = new(StringComparer.Ordinal);

    public OtlpField? this[string name] => _fields.GetValueOrDefault(name);

    public OtlpMessage With(string name, int number, FieldType type)
    {
        _fields[name] = new(number, type);
        return this;
    }

    public OtlpMessage WithList(string name, int number, FieldType type)
    {
        _fields[name] = new(number, type, IsRepeated: true);
        return this;
    }

    public OtlpMessage With(string name, int number, OtlpMessage message)
    {
        _fields[name] = new(number, FieldType.Message, Message: message);
        return this;
    }

    public OtlpMessage WithList(string name, int number, OtlpMessage message)
    {
        _fields[name] = new(number, FieldType.Message, IsRepeated: true, message);
        return this;
    }
}

/// <summary>
/// The fields of OTLP that are read (https://github.com/open-telemetry/opentelemetry-proto), so that JSON can be
/// brought into protobuf, which then is read the one way that there is.
/// </summary>
internal static class OtlpSchema
{
    private static readonly OtlpMessage _any = Any();

    private static readonly OtlpMessage _pair = Pair(_any);

    private static readonly OtlpMessage _resource = new OtlpMessage().WithList("attributes", 1, _pair);

    private static readonly OtlpMessage _scope = new OtlpMessage()
        .With("name", 1, FieldType.Text).With("version", 2, FieldType.Text).WithList("attributes", 3, _pair);

    private static readonly OtlpMessage _traces = Envelope("scopeSpans", "spans", Span());

    private static readonly OtlpMessage _logs = Envelope("scopeLogs", "logRecords", Log());

    private static readonly OtlpMessage _metrics = Envelope("scopeMetrics", "metrics", Metric());

    private static readonly OtlpMessage[] _requests =
    [
        new OtlpMessage().WithList("resourceSpans", 1, _traces),
        new OtlpMessage().WithList("resourceLogs", 1, _logs),
        new OtlpMessage().WithList("resourceMetrics", 1, _metrics),
    ];

    /// <summary>
    /// A file with all three signals: each has a field of its own, which <see cref="FieldOf"/> tells.
    /// </summary>
    public static OtlpMessage File { get; } = new OtlpMessage()
        .WithList("resourceSpans", FieldOf(TelemetrySignal.Traces), _traces)
        .WithList("resourceLogs", FieldOf(TelemetrySignal.Logs), _logs)
        .WithList("resourceMetrics", FieldOf(TelemetrySignal.Metrics), _metrics);

    /// <summary>An <c>Export…ServiceRequest</c>.</summary>
    public static OtlpMessage Request(TelemetrySignal signal) => _requests[(int)signal];

    public static int FieldOf(TelemetrySignal signal) => (int)signal + 1;

    private static OtlpMessage Envelope(string scopes, string items, OtlpMessage item) => new OtlpMessage()
        .With("resource", 1, _resource)
        .WithList(scopes, 2, new OtlpMessage().With("scope", 1, _scope).WithList(items, 2, item));

    private static OtlpMessage Pair(OtlpMessage value) =>
        new OtlpMessage().With("key", 1, FieldType.Text).With("value", 2, value);

    private static OtlpMessage Any()
    {
        var any = new OtlpMessage()
            .With("stringValue", 1, FieldType.Text)
            .With("boolValue", 2, FieldType.Bool)
            .With("intValue", 3, FieldType.Varint)
            .With("doubleValue", 4, FieldType.Double)
            .With("bytesValue", 7, FieldType.Bytes);
        return any
            .With("arrayValue", 5, new OtlpMessage().WithList("values", 1, any))
            .With("kvlistValue", 6, new OtlpMessage().WithList("values", 1, Pair(any)));
    }

    private static OtlpMessage Span() => new OtlpMessage()
        .With("traceId", 1, FieldType.Id)
        .With("spanId", 2, FieldType.Id)
        .With("traceState", 3, FieldType.Text)
        .With("parentSpanId", 4, FieldType.Id)
        .With("name", 5, FieldType.Text)
        .With("kind", 6, FieldType.Varint)
        .With("startTimeUnixNano", 7, FieldType.Fixed64)
        .With("endTimeUnixNano", 8, FieldType.Fixed64)
        .WithList("attributes", 9, _pair)
        .WithList("events", 11, new OtlpMessage()
            .With("timeUnixNano", 1, FieldType.Fixed64).With("name", 2, FieldType.Text)
                .WithList("attributes", 3, _pair))
        .WithList("links", 13, new OtlpMessage()
            .With("traceId", 1, FieldType.Id).With("spanId", 2, FieldType.Id).WithList("attributes", 4, _pair))
        .With("status", 15, new OtlpMessage().With("message", 2, FieldType.Text).With("code", 3, FieldType.Varint));

    private static OtlpMessage Log() => new OtlpMessage()
        .With("timeUnixNano", 1, FieldType.Fixed64)
        .With("severityNumber", 2, FieldType.Varint)
        .With("severityText", 3, FieldType.Text)
        .With("body", 5, _any)
        .WithList("attributes", 6, _pair)
        .With("traceId", 9, FieldType.Id)
        .With("spanId", 10, FieldType.Id)
        .With("observedTimeUnixNano", 11, FieldType.Fixed64)
        .With("eventName", 12, FieldType.Text);

    private static OtlpMessage Metric()
    {
        var exemplar = new OtlpMessage()
            .With("timeUnixNano", 2, FieldType.Fixed64).With("asDouble", 3, FieldType.Double)
            .With("spanId", 4, FieldType.Id).With("traceId", 5, FieldType.Id)
            .With("asInt", 6, FieldType.Fixed64).WithList("filteredAttributes", 7, _pair);
        var number = new OtlpMessage()
            .With("startTimeUnixNano", 2, FieldType.Fixed64).With("timeUnixNano", 3, FieldType.Fixed64)
            .With("asDouble", 4, FieldType.Double).WithList("exemplars", 5, exemplar)
            .With("asInt", 6, FieldType.Fixed64).WithList("attributes", 7, _pair).With("flags", 8, FieldType.Varint);
        var histogram = new OtlpMessage()
            .With("startTimeUnixNano", 2, FieldType.Fixed64).With("timeUnixNano", 3, FieldType.Fixed64)
            .With("count", 4, FieldType.Fixed64).With("sum", 5, FieldType.Double)
            .WithList("bucketCounts", 6, FieldType.Fixed64).WithList("explicitBounds", 7, FieldType.Double)
            .WithList("exemplars", 8, exemplar).WithList("attributes", 9, _pair).With("flags", 10, FieldType.Varint)
            .With("min", 11, FieldType.Double).With("max", 12, FieldType.Double);
        var buckets =
            new OtlpMessage().With("offset", 1, FieldType.SInt32).WithList("bucketCounts", 2, FieldType.Varint);
        var exponential = new OtlpMessage()
            .WithList("attributes", 1, _pair)
            .With("startTimeUnixNano", 2, FieldType.Fixed64).With("timeUnixNano", 3, FieldType.Fixed64)
            .With("count", 4, FieldType.Fixed64).With("sum", 5, FieldType.Double).With("scale", 6, FieldType.SInt32)
            .With("zeroCount", 7, FieldType.Fixed64).With("positive", 8, buckets).With("negative", 9, buckets)
            .With("flags", 10, FieldType.Varint).WithList("exemplars", 11, exemplar)
            .With("min", 12, FieldType.Double).With("max", 13, FieldType.Double)
                .With("zeroThreshold", 14, FieldType.Double);
        return new OtlpMessage()
            .With("name", 1, FieldType.Text).With("description", 2, FieldType.Text).With("unit", 3, FieldType.Text)
            .With("gauge", 5, Points(number)).With("sum", 7, Points(number).With("isMonotonic", 3, FieldType.Bool))
            .With("histogram", 9, Points(histogram)).With("exponentialHistogram", 10, Points(exponential))
            .With("summary", 11, new OtlpMessage().WithList("dataPoints", 1, new OtlpMessage()));
    }

    private static OtlpMessage Points(OtlpMessage point) => new OtlpMessage()
        .WithList("dataPoints", 1, point).With("aggregationTemporality", 2, FieldType.Varint);
}
