namespace AiStack.Console.Alerts;

/// <summary>What somebody should look at, and what is over.</summary>
internal static class AlertExtensions
{
    public static void AddAlerts(this IHostApplicationBuilder builder) => builder.Services.AddTransient<AlertsApi>();
}
