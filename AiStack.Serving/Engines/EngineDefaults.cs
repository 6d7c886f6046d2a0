using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Engines;

/// <summary>What an answer is asked for when its request does not say.</summary>
/// <param name="Instructions">Stand before those of the request.</param>
internal sealed record EngineDefaults(
    string? Instructions = null,
    float? Temperature = null,
    float? TopP = null,
    int? MaxOutputTokens = null,
    string? ReasoningEffort = null)
{
    public void PutInto(ChatOptions options, EngineFeatures features)
    {
        var said = new[] { Instructions, options.Instructions }.Where(text => !string.IsNullOrEmpty(text)).ToList();
        options.Instructions = said.Count > 0 ? string.Join("\n\n", said) : null;
        options.Temperature ??= Temperature;
        options.TopP ??= TopP;
        options.MaxOutputTokens ??= MaxOutputTokens;
        var settings = ModelSettings.In(options);
        if (settings.ReasoningEffort is null && features.HasFlag(EngineFeatures.Effort))
        {
            (settings with { ReasoningEffort = ReasoningEffort }).PutInto(options);
        }
    }
}
