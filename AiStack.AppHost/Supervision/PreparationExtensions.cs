using AiStack.AppHost.Run;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiStack.AppHost.Supervision;

/// <summary>What is done before a store's program starts: fetch it, make its files.</summary>
internal static partial class PreparationExtensions
{
    /// <summary>Runs at every start. What a person can fix is printed in one line.</summary>
    public static IResourceBuilder<T> WithPreparation<T>(
        this IResourceBuilder<T> store, Func<ILogger, CancellationToken, Task> prepare)
        where T : IResource => store.OnBeforeResourceStarted(async (resource, started, cancellationToken) =>
    {
        var output = started.Services.GetRequiredService<ResourceLoggerService>().GetLogger(resource);
        try
        {
            await prepare(output, cancellationToken);
        }
        catch (Exception exception) when (exception is RefusalException or IOException or UnauthorizedAccessException)
        {
            var loggers = started.Services.GetRequiredService<ILoggerFactory>();
            LogCannotStart(loggers.CreateLogger("AiStack.AppHost.Supervision"), resource.Name, exception.Message);
            throw;
        }
    });

    [LoggerMessage(1, LogLevel.Error, "{Name} cannot be started. {Reason}")]
    private static partial void LogCannotStart(ILogger log, string name, string reason);
}
