using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiStack.AppHost.Run;

internal static class RunExtensions
{
    /// <summary>
    /// Keeps what protects the Console's sign-ins in the run's folder: a sign-in is good for the stack that made it and
    /// for no other on this machine.
    /// </summary>
    public static IResourceBuilder<T> WithKeysFolder<T>(this IResourceBuilder<T> console, LocalRun run)
        where T : IResourceWithEnvironment
    {
        if (console.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            return console;
        }

        var folder = run.Folder.File("console");
        PrivateFolder.Make(folder);
        return console.WithEnvironment(
            context => context.EnvironmentVariables.TryAdd("Console__KeysDirectory", folder)); // A setting counts.
    }

    /// <summary>Runs until told to stop, even if that is during the start. Returns the exit code.</summary>
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
