using System.Text.Json;

namespace AiStack.Ingest.Connectors.HttpJson;

/// <summary>Finds values by paths of names and places with points between them: <c>data.items.0.name</c>.</summary>
internal static class JsonPath
{
    /// <summary>The value at a path; null when there is none, or it is null.</summary>
    public static JsonElement? Find(JsonElement value, string? path)
    {
        if (path is null)
        {
            return null;
        }

        foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(step, out var member))
            {
                value = member;
            }
            else if (value.ValueKind == JsonValueKind.Array && int.TryParse(step, out var place)
                && place >= 0 && place < value.GetArrayLength())
            {
                value = value[place];
            }
            else
            {
                return null;
            }
        }

        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    /// <summary>The text or number at a path, as text.</summary>
    public static string? Text(JsonElement value, string? path) => Find(value, path) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } other => other.GetRawText(),
        _ => null,
    };
}
