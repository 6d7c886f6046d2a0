namespace AiStack.Serving.Engines.OpenAi;

internal static class OpenAiExtensions
{
    public static void AddOpenAiEngine(this IHostApplicationBuilder builder) => _ = builder;
}
