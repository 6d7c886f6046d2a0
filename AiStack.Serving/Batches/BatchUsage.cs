using System.Globalization;
using System.Text.Json;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.Batches;

/// <summary>What one answer of a batch took, as it says itself.</summary>
/// <param name="Cost">Null when it has no known price.</param>
internal sealed record BatchUsage(
    long Input, long Cached, long Output, long Reasoning, decimal? Cost, string? Currency)
{
    public static BatchUsage None { get; } = new(0, 0, 0, 0, null, null);

    /// <summary>Reads what responses and chats call differently.</summary>
    public static BatchUsage Of(JsonElement answer)
    {
        var usage = Member(answer, "usage");
        var told = Told(answer).ToList();
        var costs = told.Select(each => Text(each, AnswerMetadata.CostKey)).ToList();
        return new(
            Number(usage, "input_tokens") ?? Number(usage, "prompt_tokens") ?? 0,
            Number(Member(usage, "input_tokens_details") ?? Member(usage, "prompt_tokens_details"), "cached_tokens")
                ?? 0,
            Number(usage, "output_tokens") ?? Number(usage, "completion_tokens") ?? 0,
            Number(
                Member(usage, "output_tokens_details") ?? Member(usage, "completion_tokens_details"),
                "reasoning_tokens") ?? 0,
            costs.Count > 0 && costs.TrueForAll(cost => cost is not null)
                ? costs.Sum(cost => decimal.Parse(cost!, NumberStyles.Number, CultureInfo.InvariantCulture))
                : null,
            told.Select(each => Text(each, AnswerMetadata.CurrencyKey)).FirstOrDefault(each => each is not null));
    }

    /// <summary>The metadata of a response; of a chat, that of each of its answers.</summary>
    private static IEnumerable<JsonElement?> Told(JsonElement answer) =>
        Member(answer, "choices") is { ValueKind: JsonValueKind.Array } choices
            ? choices.EnumerateArray().Select(choice => Member(Member(choice, "message"), "metadata"))
            : [Member(answer, "metadata")];

    private static string? Text(JsonElement? told, string key) =>
        Member(told, key) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static long? Number(JsonElement? json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;

    private static JsonElement? Member(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) ? member : null;
}
