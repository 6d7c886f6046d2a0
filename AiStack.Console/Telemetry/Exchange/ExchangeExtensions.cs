using AiStack.Console.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace AiStack.Console.Telemetry.Exchange;

/// <summary>Telemetry as a file: to attach to a bug, and to look at where it is attached.</summary>
internal static class ExchangeExtensions
{
    public static void AddTelemetryExchange(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExportTelemetry>();
        builder.Services.AddSingleton<ImportTelemetry>();
    }

    // How long an import may be is for its own option to say.
    public static void MapTelemetryExchange(this IEndpointRouteBuilder app)
    {
        app.MapGet("/telemetry/export", ExportTelemetry.HandleAsync).RequireAuthorization();
        app.MapPost("/telemetry/import", ImportTelemetry.HandleAsync)
            .RequireAuthorization(Roles.Operator).WithMetadata(new DisableRequestSizeLimitAttribute());
    }
}
