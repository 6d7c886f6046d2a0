namespace AiStack.Console.Models;

/// <summary>Models: what can be asked, who answers, and how that has gone.</summary>
internal static class ModelExtensions
{
    public static void AddModels(this IHostApplicationBuilder builder) => builder.Services.AddTransient<ModelsApi>();
}
