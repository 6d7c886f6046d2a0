namespace AiStack.Console.Telemetry;

/// <summary>What a value was before it became text; an export needs to know.</summary>
public enum AttributeKind : byte
{
    Text,
    Integer,
    Number,
    Boolean,
    Bytes,

    /// <summary>An array or a map, as JSON text.</summary>
    Json,
}

/// <summary>
/// A key and its value as text: numbers in the invariant culture, bytes in base 64, arrays and maps as JSON.
/// </summary>
public readonly record struct TelemetryAttribute(string Key, string Value, AttributeKind Kind = AttributeKind.Text);
