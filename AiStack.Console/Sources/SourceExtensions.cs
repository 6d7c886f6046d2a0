namespace AiStack.Console.Sources;

/// <summary>Sources: the places that documents come from.</summary>
internal static class SourceExtensions
{
    public static void AddSources(this IHostApplicationBuilder builder) =>
        builder.Services.AddTransient<SourcesApi>();
}
