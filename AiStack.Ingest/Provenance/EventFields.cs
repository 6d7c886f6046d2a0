using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Ingest.Provenance;

/// <summary>Reads the fields of an event, and remembers the first thing that is wrong.</summary>
internal sealed class EventFields
{
    private const int MaxName = 2_048;

    /// <summary>The first thing that is wrong, if anything.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>Null where it is not said.</summary>
    public JsonElement? Object(JsonElement json, string field, string place)
    {
        if (!json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Wrong($"'{place}' must be an object.", place);
            return null;
        }

        return value;
    }

    public string? Name(JsonElement json, string field, string place, int longest = MaxName)
    {
        var name = Text(json, field);
        if (name is { Length: > 0 } && name.Length <= longest && !name.Any(char.IsControl))
        {
            return name;
        }

        Wrong($"'{place}' must have 1 to {longest} characters, and no control characters.", place);
        return null;
    }

    public void Uri(JsonElement json, string field, string place)
    {
        if (!System.Uri.TryCreate(Text(json, field), UriKind.Absolute, out _))
        {
            Wrong($"'{place}' must be a URI.", place);
        }
    }

    /// <summary>Null where it is not said, or is no string.</summary>
    public static string? Text(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The first thing that is wrong is said.</summary>
    public void Wrong(string message, string? place) =>
        Fault ??= new(FaultCode.InvalidArgument, message, place);
}
