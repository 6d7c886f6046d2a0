using System.Text.Json;

namespace AiStack.Console.Traces;

/// <summary>One message of a conversation with a model.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>.</param>
/// <param name="Text">What it says; for a tool, what was asked of it and what it answered.</param>
internal sealed record GenAiMessage(string Role, string Text)
{
    public const string Instructions = "gen_ai.system_instructions";
    public const string Input = "gen_ai.input.messages";
    public const string Output = "gen_ai.output.messages";

    /// <summary>
    /// Reads OpenTelemetry's messages: a list of roles with parts, or, for instructions, of parts alone. Text that is
    /// no such list, one that was cut, say, is a message as it is.
    /// </summary>
    public static IReadOnlyList<GenAiMessage> Read(string? json, string roleOfParts)
    {
        if (string.IsNullOrEmpty(json))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(message => Of(message, roleOfParts))]
                : [new(roleOfParts, json)];
        }
        catch (JsonException)
        {
            return [new(roleOfParts, json)];
        }
    }

    private static GenAiMessage Of(JsonElement message, string roleOfParts)
    {
        var role = TextOf(message, "role") ?? roleOfParts;
        var parts = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("parts", out var list)
            && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(Part)
                : [Part(message)];
        return new(role, string.Join("\n", parts));
    }

    private static string Part(JsonElement part) => TextOf(part, "type") switch
    {
        "text" or "reasoning" or null => TextOf(part, "content") ?? part.ToString(),
        "tool_call" => $"{TextOf(part, "name")}({TextOf(part, "arguments")})",
        "tool_call_response" => TextOf(part, "response") ?? TextOf(part, "result") ?? part.ToString(),
        _ => part.ToString(),
    };

    private static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ToString()
            : null;
}
