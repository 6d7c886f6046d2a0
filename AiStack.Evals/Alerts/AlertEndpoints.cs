using AiStack.Evals.Alerts.Rules;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace AiStack.Evals.Alerts;

/// <summary>Alerts: what needs a look, found by rules over what the services recorded.</summary>
internal static class AlertEndpoints
{
    public static void AddAlerts(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<AlertOptions>();
        builder.Services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        builder.Services.AddSingleton<QualityRule>();
        builder.Services.AddSingleton<KeepAlerts>();
        builder.Services.AddSingleton<CheckAlerts>();
        builder.Services.AddHostedService<WatchAlerts>();
    }

    public static void MapAlerts(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/alerts", ListAlerts.HandleAsync).RequireScope(Scopes.UsageRead).WithTags("Alerts")
            .WithName("ListAlerts").WithSummary("Lists the project's alerts.");
}
