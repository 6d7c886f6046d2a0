namespace AiStack.Console.Alerts;

/// <summary>What needs a look now, and what needed one before.</summary>
internal static class AlertExtensions
{
    public static void AddAlerts(this IHostApplicationBuilder builder) => builder.Services.AddTransient<AlertsApi>();
}
