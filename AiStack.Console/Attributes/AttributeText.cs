using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiStack.Console.Attributes;

/// <summary>
/// An attribute's value as people write it: <c>2026</c> is a number, <c>true</c> a truth value, anything else a text.
/// A text that looks like one of those stands in quotes: <c>"2026"</c>.
/// </summary>
internal static class AttributeText
{
    private static readonly JsonSerializerOptions _readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonNode Read(string text)
    {
        var value = text.Trim();
        return value switch
        {
            "true" => true,
            "false" => false,
            ['"', .., '"'] => Unquoted(value),
            _ when Number(value) is { } number => number,
            _ => value,
        };
    }

    /// <summary>The text that reads back as <paramref name="value"/>.</summary>
    public static string Write(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return value.GetRawText();
        }

        var text = value.GetString()!;
        var isPlain = text == text.Trim() && Read(text) is JsonValue read && read.TryGetValue<string>(out var same)
            && same == text;
        return isPlain ? text : JsonSerializer.Serialize(text, _readable);
    }

    private static JsonNode? Number(string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            && double.IsFinite(real) ? real
        : null;

    private static string Unquoted(string value)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(value)!;
        }
        catch (JsonException)
        {
            return value[1..^1];
        }
    }
}
