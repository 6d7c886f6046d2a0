using System.Text.Json;
using AiStack.Contracts;
using AiStack.Serving.Requests;

namespace AiStack.Serving.Moderations;

/// <summary>All the fields that a request may have.</summary>
internal sealed record ModerationRequest
{
    /// <summary>The most texts of one request: what OpenAI's clients send at once, and more.</summary>
    private const int MaxInputs = 1_000;

    public JsonElement? Input { get; init; }

    public string? Model { get; init; }

    /// <summary>
    /// The texts, each of which gets a result: one, several, or the text parts of one input, which are one text.
    /// </summary>
    public Outcome<List<string>> Read(int maxCharacters)
    {
        if (!ReadTexts().TryGet(out var texts, out var fault))
        {
            return fault;
        }

        var characters = texts.Sum(text => (long)text.Length);
        return characters <= maxCharacters
            ? texts
            : RequestChecks.Invalid($"'input' has {characters} characters; the limit is {maxCharacters}.", "input");
    }

    /// <summary>The input as it is, for a server that reads more than texts.</summary>
    public Outcome<JsonElement> ReadRaw(int maxCharacters)
    {
        if (Input is not { ValueKind: JsonValueKind.String or JsonValueKind.Array } input)
        {
            return RequestChecks.Invalid("'input' is missing: a string, or a list of strings or parts.", "input");
        }

        var characters = input.GetRawText().Length;
        return characters <= maxCharacters
            ? input
            : RequestChecks.Invalid($"'input' has {characters} characters; the limit is {maxCharacters}.", "input");
    }

    private Outcome<List<string>> ReadTexts()
    {
        if (Input is not { ValueKind: JsonValueKind.String or JsonValueKind.Array } input)
        {
            return RequestChecks.Invalid(
                "'input' is missing: a string, a list of strings, or a list of parts of type 'text'.", "input");
        }

        var isList = input.ValueKind == JsonValueKind.Array;
        if (isList && input.GetArrayLength() is 0 or > MaxInputs)
        {
            return RequestChecks.Invalid(
                $"'input' must have 1 to {MaxInputs} items; it has {input.GetArrayLength()}.", "input");
        }

        if (!isList || input[0].ValueKind != JsonValueKind.String)
        {
            return MessageContent.ReadText(input, "input").TryGet(out var text, out var wrong)
                ? new List<string> { text }
                : wrong;
        }

        List<string> texts = [];
        foreach (var (i, item) in input.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                return RequestChecks.Invalid($"'input[{i}]' must be a string, like 'input[0]'.", $"input[{i}]");
            }

            texts.Add(item.GetString()!);
        }

        return texts;
    }
}
