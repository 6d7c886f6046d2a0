using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Pipeline;

/// <summary>
/// What a request asks of a model's server in OpenAI's own words, for which <see cref="ChatOptions"/> has no place.
/// </summary>
/// <param name="SchemaIsStrict">Whether the answer must keep to the schema that it has.</param>
/// <param name="TopLogprobs">How many alternatives are told for each token; null tells no probabilities.</param>
/// <param name="Model">Which of its server's models answers; null leaves it to the settings.</param>
/// <param name="HasOthers">Whether another engine is asked when this one cannot answer, so that trying again is a
/// waste of time.</param>
/// <param name="MaxSearches">How often the answer may search; null leaves it to the settings.</param>
internal sealed record ModelSettings(
    bool? SchemaIsStrict = null,
    string? ReasoningEffort = null,
    string? Verbosity = null,
    int? TopLogprobs = null,
    JsonElement? LogitBias = null,
    int? MaxSearches = null,
    string? Model = null,
    bool HasOthers = false)
{
    private const string Key = "aistack.model_settings";

    public ChatOptions PutInto(ChatOptions options)
    {
        (options.AdditionalProperties ??= [])[Key] = this;
        return options;
    }

    public static ModelSettings In(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out ModelSettings? settings) == true ? settings! : new();
}
