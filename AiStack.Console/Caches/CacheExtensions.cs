namespace AiStack.Console.Caches;

/// <summary>Answers that are given again: for how long, and how often.</summary>
internal static class CacheExtensions
{
    public static void AddCache(this IHostApplicationBuilder builder) => builder.Services.AddTransient<CacheApi>();
}
