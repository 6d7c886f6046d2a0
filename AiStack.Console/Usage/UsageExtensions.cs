namespace AiStack.Console.Usage;

/// <summary>What was asked, by whom, and what it cost.</summary>
internal static class UsageExtensions
{
    public static void AddUsage(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<UsageApi>();
        builder.Services.AddTransient<UsageNames>();
    }
}
