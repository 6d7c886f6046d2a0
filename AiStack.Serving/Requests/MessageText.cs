using System.Text;
using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Serving.Requests;

/// <summary>Reads a message's content, which is a string or a list of parts, as both APIs have it.</summary>
internal static class MessageText
{
    /// <summary>The text; a part that is not text is refused by its place.</summary>
    /// <param name="partTypes">The types of parts that are text.</param>
    public static Outcome<string> Read(JsonElement content, string field, params ReadOnlySpan<string> partTypes)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            return TextOf(content) is { } whole ? whole : NotText(field);
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return RequestChecks.Invalid($"'{field}' must be a string or a list of parts.", field);
        }

        var text = new StringBuilder();
        var i = 0;
        foreach (var part in content.EnumerateArray())
        {
            var place = $"{field}[{i++}]";
            if (part.ValueKind != JsonValueKind.Object || StringOf(part, "type") is not { } type)
            {
                return RequestChecks.Invalid($"'{place}' must be an object with a 'type'.", place);
            }

            if (!partTypes.Contains(type))
            {
                return RequestChecks.Invalid(
                    $"A part of type '{type}' is not supported: only text is.", $"{place}.type");
            }

            // A model's refusal is a part of another type, and text too.
            if (StringOf(part, type == "refusal" ? "refusal" : "text") is not { } words)
            {
                return NotText($"{place}.text");
            }

            text.Append(text.Length > 0 ? "\n" : "").Append(words);
        }

        return text.ToString();
    }

    private static Fault NotText(string field) =>
        RequestChecks.Invalid($"'{field}' must be a string of whole characters, without U+0000.", field);

    /// <summary>
    /// The string, or null when it cannot be kept: Postgres has no NUL, and UTF-8 no half characters.
    /// </summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString() is { } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half of a surrogate pair.
        }
    }

    /// <summary>
    /// The string that <paramref name="value"/> has under <paramref name="name"/>; null when it has none.
    /// </summary>
    public static string? StringOf(JsonElement value, string name) =>
        value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? TextOf(found) : null;
}
