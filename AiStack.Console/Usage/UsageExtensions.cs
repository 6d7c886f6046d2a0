namespace AiStack.Console.Usage;

/// <summary>Usage: requests by model, key and store, and their cost.</summary>
internal static class UsageExtensions
{
    public static void AddUsage(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<UsageApi>();
        builder.Services.AddTransient<UsageNames>();
    }
}
