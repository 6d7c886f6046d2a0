using System.Text.Json;
using AiStack.Contracts;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>How a model writes the calls that it asks for: JSON between two words of its own, or JSON alone.</summary>
/// <param name="Begin">The word before the calls; empty for JSON alone.</param>
/// <param name="End">The word after them.</param>
/// <param name="IsList">Whether all calls are one list, and not each between the words.</param>
internal sealed record CallFormat(string Begin, string End, bool IsList)
{
    /// <summary>Qwen's, Hermes' and others'; Phi's; Mistral's.</summary>
    private static readonly CallFormat[] _known =
    [
        new("<tool_call>", "</tool_call>", IsList: false),
        new("<|tool_call|>", "<|/tool_call|>", IsList: true),
        new("[TOOL_CALLS]", "", IsList: true),
    ];

    private static readonly CallFormat _bare = new("", "", IsList: false);

    public bool IsBare => Begin.Length == 0;

    /// <summary>By the model's template and the words that its tokenizer has added.</summary>
    public static CallFormat Of(string template, SpecialTokens words) =>
        Array.Find(_known, format => template.Contains(format.Begin, StringComparison.Ordinal)
            || words.Has(format.Begin)) ?? _bare;

    /// <summary>
    /// The calls in what stands between the words; empty when that is no JSON, or not of <paramref name="offered"/>
    /// functions.
    /// </summary>
    public static IReadOnlyList<FunctionCall> Read(string json, IReadOnlySet<string> offered)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            IEnumerable<JsonElement> each = parsed.RootElement.ValueKind == JsonValueKind.Array
                ? parsed.RootElement.EnumerateArray()
                : [parsed.RootElement];
            List<FunctionCall> calls = [.. each.Select(Call)];
            return calls.TrueForAll(call => offered.Contains(call.Name)) ? calls : [];
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return [];
        }
    }

    private static FunctionCall Call(JsonElement call)
    {
        var has = call.TryGetProperty("arguments", out var arguments)
            || call.TryGetProperty("parameters", out arguments); // Llama's word.
        return new(
            $"call_{Id<ToolCall>.New().Value:N}",
            call.GetProperty("name").GetString() ?? "",
            !has ? "{}"
                : arguments.ValueKind == JsonValueKind.String ? arguments.GetString()!
                : arguments.GetRawText());
    }
}
