using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiStack.AppHost.Run;

internal static class RunExtensions
{
    /// <summary>Runs until told to stop, also when that is while it still starts. Returns the exit code.</summary>
    public static async Task<int> RunToExitCodeAsync(this DistributedApplication application)
    {
        var lifetime = application.Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            await application.RunAsync();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // What was being started is told to stop by this exception.
        }

        return Environment.ExitCode;
    }
}
