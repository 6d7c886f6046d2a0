namespace AiStack.Console.Overview;

/// <summary>The first page: the numbers at a glance.</summary>
internal static class OverviewExtensions
{
    public static void AddOverview(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient<ReadGlance>();
        builder.Services.AddSingleton<QualityWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<QualityWatch>());
    }
}
