using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiStack.Console.Telemetry.View;

/// <summary>Values of attributes as people read them.</summary>
internal static class ValueText
{
    private static readonly JsonSerializerOptions _indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON with lines and indents, anything else as it is; so is JSON that was cut.</summary>
    public static string Of(string value, AttributeKind kind)
    {
        // An array or a map that fits a line is best read as one.
        const int line = 60;
        if (kind != AttributeKind.Json || value.Length < line)
        {
            return value;
        }

        try
        {
            using var json = JsonDocument.Parse(value);
            return JsonSerializer.Serialize(json.RootElement, _indented);
        }
        catch (JsonException)
        {
            return value;
        }
    }
}
