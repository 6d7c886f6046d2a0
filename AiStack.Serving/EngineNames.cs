namespace AiStack.Serving;

/// <summary>The engines, by their names as models.</summary>
internal static class EngineNames
{
    public const string Extractive = "extractive";
    public const string OpenAi = "openai";
    public const string GenAi = "onnx-genai";

    /// <summary>What makes embeddings. No one asks it by this name, but it has a price.</summary>
    public const string Embeddings = "embeddings";

    public static IReadOnlyList<string> All { get; } = [Extractive, OpenAi, GenAi];

    /// <summary>Names that no other engine may have.</summary>
    public static IReadOnlyList<string> Taken { get; } = [.. All, Embeddings, "default"];
}
