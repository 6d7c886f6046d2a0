using System.Text.Json;
using AiStack.Contracts;
using AiStack.Serving.Engines;
using AiStack.Serving.Requests;

namespace AiStack.Serving.ChatCompletions;

/// <summary>The fields whose values this service does not all take.</summary>
internal static class ChatFields
{
    private const int MaxStops = 4;

    /// <summary>The first field that would change the answer and cannot; null when there is none.</summary>
    public static Fault? Check(ChatRequest request, Engine engine)
    {
        if (!IsText(request.ResponseFormat))
        {
            return RequestChecks.Invalid(
                "'response_format' is not supported here: an answer is text.", "response_format");
        }

        if (request.StreamOptions is not null && request.Stream != true)
        {
            return RequestChecks.Invalid("'stream_options' is only for streams.", "stream_options");
        }

        return Stops(request) is null ? RequestChecks.Invalid($"'stop' must be a string, or up to {MaxStops}.", "stop")
            : !engine.Generates && Stops(request) is not []
                ? RequestChecks.Invalid("This model only quotes its sources: it knows no stop sequences.", "stop")
            : Penalty(request.FrequencyPenalty, "frequency_penalty")
                ?? Penalty(request.PresencePenalty, "presence_penalty");
    }

    /// <summary>The stop sequences; null when they cannot be read.</summary>
    public static IReadOnlyList<string>? Stops(ChatRequest request) => request.Stop switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() <= MaxStops
            && list.EnumerateArray().All(stop => stop.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(stop => stop.GetString()!)],
        _ => null,
    };

    private static Fault? Penalty(float? value, string field) =>
        value is not null && !(value >= -2 && value <= 2)
            ? RequestChecks.Invalid($"'{field}' must be -2 to 2.", field)
            : null;

    private static bool IsText(JsonElement? format) =>
        format is null
        || (format is { ValueKind: JsonValueKind.Object } asked && MessageText.StringOf(asked, "type") == "text");
}
