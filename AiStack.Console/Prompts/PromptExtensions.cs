namespace AiStack.Console.Prompts;

/// <summary>Prompts: their versions, what changed between them, and what points to them.</summary>
internal static class PromptExtensions
{
    public static void AddPrompts(this IHostApplicationBuilder builder) => builder.Services.AddTransient<PromptsApi>();
}
