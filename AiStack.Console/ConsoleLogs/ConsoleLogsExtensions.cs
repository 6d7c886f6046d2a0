namespace AiStack.Console.ConsoleLogs;

/// <summary>What the parts of the stack print.</summary>
internal static class ConsoleLogsExtensions
{
    public static void AddConsoleLogs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LogBook>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LogBook>());
        builder.Services.AddTransient<LogWindow>();
    }

    public static void MapConsoleLogs(this IEndpointRouteBuilder app) =>
        app.MapGet("/console-logs/download", DownloadLogs.HandleAsync);
}
