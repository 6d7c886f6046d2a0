using Microsoft.Extensions.AI;

namespace AiStack.Serving.Engines;

/// <summary>Something that answers.</summary>
/// <param name="Name">Its name as a model.</param>
/// <param name="Client">The whole pipeline, first stage first.</param>
/// <param name="PromptVersion">The prompt that it works with; none when it works without.</param>
/// <param name="Generates">Whether it makes up words. One that only quotes takes no stop sequences, and has no use for
/// temperatures and instructions.</param>
internal sealed record Engine(string Name, IChatClient Client, string? PromptVersion, bool Generates);

internal static class EngineNames
{
    public const string Extractive = "extractive";
    public const string OpenAi = "openai";
}
