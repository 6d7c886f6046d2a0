namespace AiStack.Console.Models;

/// <summary>Models: which there are, what answers for each, and how it went.</summary>
internal static class ModelExtensions
{
    public static void AddModels(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<ModelsApi>();
        builder.Services.AddTransient<RegistryApi>();
    }
}
