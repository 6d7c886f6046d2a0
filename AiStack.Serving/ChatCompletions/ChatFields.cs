using System.Text.Json;
using AiStack.Contracts;
using AiStack.Serving.Engines;
using AiStack.Serving.Requests;

namespace AiStack.Serving.ChatCompletions;

/// <summary>What this service does not do, field by field.</summary>
internal static class ChatFields
{
    private const int MaxStops = 4;

    private static readonly FieldRules _rules = new(
        FieldRule.Accepted("user"),
        FieldRule.Accepted("safety_identifier"),
        FieldRule.Accepted("prompt_cache_key"),
        FieldRule.Accepted("prompt_cache_retention"),
        FieldRule.Accepted("prediction"),
        FieldRule.Accepted("parallel_tool_calls"),
        FieldRule.Only("n", "one answer is given.", "1"),
        FieldRule.Only("service_tier", "there is one tier.", "\"auto\"", "\"default\""),
        FieldRule.Only("logprobs", "log probabilities are not known.", "false"),
        FieldRule.Only("top_logprobs", "log probabilities are not known.", "0"),
        FieldRule.Only("logit_bias", "tokens cannot be weighed.", "{}"),
        FieldRule.Only("tools", "sources are named by 'vector_store_ids'; other tools are not called.", "[]"),
        FieldRule.Only("tool_choice", "there are no tools to choose from.", "\"none\"", "\"auto\""),
        FieldRule.Only("functions", "functions are not called.", "[]"),
        FieldRule.Only("function_call", "functions are not called.", "\"none\"", "\"auto\""),
        new("response_format", IsText, "an answer is text."),
        FieldRule.Only("modalities", "an answer is text.", "[\"text\"]"),
        FieldRule.Refused("audio", "an answer is text."),
        FieldRule.Refused("reasoning_effort", "models are asked as they are configured."),
        FieldRule.Only("verbosity", "the length cannot be chosen.", "\"medium\""),
        FieldRule.Refused("web_search_options", "the web is not searched."));

    /// <summary>The first field that would change the answer and cannot; null when there is none.</summary>
    public static Fault? Check(ChatRequest request, Engine engine)
    {
        if (_rules.Check(request.Others) is { } unsupported)
        {
            return unsupported;
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

    private static bool IsText(JsonElement format) =>
        format.ValueKind == JsonValueKind.Object && MessageText.StringOf(format, "type") == "text";
}
