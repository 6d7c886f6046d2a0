using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiStack.Console.Sources;

/// <summary>A field of a form, drawn from the JSON schema of one setting.</summary>
public sealed class SettingField(string name, JsonElement schema, bool isRequired)
{
    public string Name => name;

    public bool IsRequired => isRequired;

    public string Label { get; } = char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ');

    public string? About { get; } =
        schema.TryGetProperty("description", out var about) ? about.GetString() : null;

    /// <summary>What it holds: <c>string</c>, <c>boolean</c>, <c>integer</c>, <c>number</c>, <c>array</c> or other.
    /// </summary>
    public string Type { get; } = TypeOf(schema);

    /// <summary>The values that it can have; empty when it can have any.</summary>
    public IReadOnlyList<string> Choices { get; } =
        schema.TryGetProperty("enum", out var choices)
            ? [.. choices.EnumerateArray().Select(choice => choice.ToString())]
            : [];

    public string Text { get; set; } = DefaultText(schema);

    public bool Checked { get; set; } =
        schema.TryGetProperty("default", out var given) && given.ValueKind == JsonValueKind.True;

    /// <summary>Whether <see cref="Checked"/> says anything: a box that nobody touched is left out.</summary>
    public bool IsTouched { get; set; }

    /// <summary>The fields of a kind's settings.</summary>
    internal static List<SettingField> Of(KindView kind)
    {
        var required = kind.Settings.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        return kind.Settings.TryGetProperty("properties", out var properties)
            ? [.. properties.EnumerateObject()
                .Select(property => new SettingField(property.Name, property.Value, required.Contains(property.Name)))
                .OrderByDescending(field => field.IsRequired)]
            : [];
    }

    /// <summary>What the form says; null when it says nothing, and the setting has its default.</summary>
    public JsonNode? Read() => Type switch
    {
        "boolean" => IsTouched ? JsonValue.Create(Checked) : null,
        _ when string.IsNullOrWhiteSpace(Text) => null,
        "integer" when long.TryParse(Text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        "number" when double.TryParse(Text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        "array" => new JsonArray(
            [.. Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonValue.Create(line))]),
        "object" => ReadJson(),
        _ => JsonValue.Create(Text.Trim()),
    };

    private JsonNode? ReadJson()
    {
        try
        {
            return JsonNode.Parse(Text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(Text); // The API says what is wrong with it.
        }
    }

    private static string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("enum", out _) ? "string" : "object";
        }

        return type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(one => one.GetString()!).First(one => one != "null")
            : type.GetString()!;
    }

    private static string DefaultText(JsonElement schema) =>
        schema.TryGetProperty("default", out var given)
        && given.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? given.ToString()
            : "";
}
