using System.Text.Json;
using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Serving.Requests;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Responses;

/// <summary>A message of a request's input, in the one form in which it is kept.</summary>
internal sealed record InputItem(string Id, string Role, IReadOnlyList<InputItem.Part> Content)
{
    private const int MaxItems = 10_000;

    public string Type { get; } = "message";

    public string Status { get; } = "completed";

    public ChatMessage ToMessage() => new(
        Role switch { "assistant" => ChatRole.Assistant, "user" => ChatRole.User, _ => ChatRole.System },
        string.Join("\n", Content.Select(part => part.Text)));

    /// <summary>Reads <c>input</c>: a string, or a list of items.</summary>
    public static Outcome<IReadOnlyList<InputItem>> Read(JsonElement? input)
    {
        if (input is null or { ValueKind: JsonValueKind.Null })
        {
            return RequestChecks.Invalid("'input' is missing: a string, or a list of messages.", "input");
        }

        if (input.Value.ValueKind == JsonValueKind.String)
        {
            return MessageText.Read(input.Value, "input").TryGet(out var text, out var fault) ? Of(text) : fault;
        }

        return input.Value.ValueKind == JsonValueKind.Array
            ? ReadList(input.Value)
            : RequestChecks.Invalid("'input' must be a string or a list of messages.", "input");
    }

    private static Outcome<IReadOnlyList<InputItem>> Of(string text) => new List<InputItem> { Create("user", text) };

    private static Outcome<IReadOnlyList<InputItem>> ReadList(JsonElement list)
    {
        if (list.GetArrayLength() > MaxItems)
        {
            return RequestChecks.Invalid(
                $"'input' has {list.GetArrayLength()} items; the limit is {MaxItems}.", "input");
        }

        List<InputItem> items = [];
        var i = 0;
        foreach (var element in list.EnumerateArray())
        {
            var place = $"input[{i++}]";
            if (element.ValueKind != JsonValueKind.Object)
            {
                return RequestChecks.Invalid($"'{place}' must be an object.", place);
            }

            // Clients send the items of an answer back; what was found then is searched again now.
            var type = MessageText.StringOf(element, "type") ?? "message";
            if (type is "file_search_call" or "reasoning")
            {
                continue;
            }

            if (!ReadMessage(element, type, place).TryGet(out var item, out var fault))
            {
                return fault;
            }

            items.Add(item);
        }

        return items.Count > 0 ? items : RequestChecks.Invalid("'input' holds no message.", "input");
    }

    private static Outcome<InputItem> ReadMessage(JsonElement element, string type, string place)
    {
        if (type != "message")
        {
            return RequestChecks.Invalid(
                $"An item of type '{type}' is not supported: only messages are.", $"{place}.type");
        }

        var role = MessageText.StringOf(element, "role");
        if (role is not ("user" or "assistant" or "system" or "developer"))
        {
            return RequestChecks.Invalid(
                "A role must be 'user', 'assistant', 'system' or 'developer'.", $"{place}.role");
        }

        if (!element.TryGetProperty("content", out var content))
        {
            return RequestChecks.Invalid($"'{place}.content' is missing.", $"{place}.content");
        }

        var read = MessageText.Read(content, $"{place}.content", "input_text", "output_text", "text", "refusal");
        return read.TryGet(out var text, out var fault) ? Create(role, text) : fault;
    }

    private static InputItem Create(string role, string text) =>
        new(Id<Message>.New().ToString(), role, [new(role == "assistant" ? "output_text" : "input_text", text)]);

    /// <summary>A part of a message.</summary>
    internal sealed record Part(string Type, string Text)
    {
        /// <summary>An answer's part has such a list, even if it is empty: clients read it.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Annotations { get; } = Type == "output_text" ? [] : null;
    }
}
