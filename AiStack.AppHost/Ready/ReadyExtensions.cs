using AiStack.AppHost.Access;
using AiStack.AppHost.Run;
using Microsoft.Extensions.DependencyInjection;

namespace AiStack.AppHost.Ready;

internal static class ReadyExtensions
{
    /// <summary>
    /// Says how to connect once everything is healthy: on the terminal, and in run.json for scripts. A stack that
    /// cannot start says why, and ends with exit code 1.
    /// </summary>
    public static void AddReadyNotice(this IDistributedApplicationBuilder builder, Doors doors, LocalRun run)
    {
        if (builder.ExecutionContext.IsRunMode)
        {
            builder.Services.AddSingleton(doors);
            builder.Services.AddSingleton(run);
            builder.Services.AddHostedService<ReadyNotice>();
        }
    }
}
