using System.Text.Json;
using AiStack.Contracts;
using AiStack.Serving.Engines;
using AiStack.Serving.Requests;

namespace AiStack.Serving.ChatCompletions;

/// <summary>The fields whose values this service does not all take.</summary>
internal static class ChatFields
{
    private const int MaxStops = 4;

    /// <summary>Each answer is one more that runs at the same time.</summary>
    private const int MaxChoices = 8;

    /// <summary>The fields by which this API asks for what not every engine can do.</summary>
    public static readonly FeatureChecks Features =
        new("messages", "response_format", "reasoning_effort", "verbosity", "logprobs");

    /// <summary>The first field that would change the answer and cannot; null when there is none.</summary>
    public static Fault? Check(ChatRequest request, Engine engine)
    {
        if (request.StreamOptions is not null && request.Stream != true)
        {
            return RequestChecks.Invalid("'stream_options' is only for streams.", "stream_options");
        }

        if (request.TopLogprobs > 0 && request.Logprobs != true)
        {
            return RequestChecks.Invalid("'top_logprobs' needs 'logprobs' to be true.", "top_logprobs");
        }

        return Stops(request) is null ? RequestChecks.Invalid($"'stop' must be a string, or up to {MaxStops}.", "stop")
            : !engine.Generates && Stops(request) is not []
                ? RequestChecks.Invalid("This model only quotes its sources: it knows no stop sequences.", "stop")
            : ModelFields.Penalty(request.FrequencyPenalty, "frequency_penalty")
                ?? ModelFields.Penalty(request.PresencePenalty, "presence_penalty")
                ?? ModelFields.Effort(request.ReasoningEffort, "reasoning_effort")
                ?? ModelFields.Verbosity(request.Verbosity, "verbosity")
                ?? ModelFields.TopLogprobs(request.TopLogprobs)
                ?? LogitBias(request.LogitBias, engine)
                ?? Choices(request, engine);
    }

    private static Fault? Choices(ChatRequest request, Engine engine) =>
        request.N is < 1 or > MaxChoices ? RequestChecks.Invalid($"'n' must be from 1 to {MaxChoices}.", "n")
        : request.N is null or 1 ? null
        : !engine.Generates
            ? RequestChecks.Invalid("This model quotes its sources, always alike: 'n' can only be 1.", "n")
        : request.Store == true
            ? RequestChecks.Invalid("One answer can be stored: with 'store', 'n' can only be 1.", "n")
        : null;

    private static Fault? LogitBias(JsonElement? bias, Engine engine) => bias switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } weights when !weights.EnumerateObject().Any()
            || (engine.Features.HasFlag(EngineFeatures.Logprobs)
                && weights.EnumerateObject().All(weight => weight.Value.ValueKind == JsonValueKind.Number)) => null,
        _ => RequestChecks.Invalid(
            "'logit_bias' gives numbers to the tokens of a model behind 'openai'; others know none.", "logit_bias"),
    };

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
}
