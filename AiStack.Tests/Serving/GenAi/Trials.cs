using AiStack.Serving.Engines.GenAi;

namespace AiStack.Tests.Serving.GenAi;

/// <summary>How damaged folders are tried: never in the tests' own process.</summary>
internal static class Trials
{
    public static ModelTrial Usual { get; } = new(TimeSpan.FromMinutes(2), 4L << 30);
}
