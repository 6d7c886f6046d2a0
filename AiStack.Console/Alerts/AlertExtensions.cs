using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.Alerts;

/// <summary>Says by itself when somebody should look.</summary>
internal static class AlertExtensions
{
    public static void AddAlerts(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<AlertOptions>();
        builder.Services.AddSingleton<AlertBoard>();
        builder.Services.AddHostedService<AlertWatch>();
    }
}
