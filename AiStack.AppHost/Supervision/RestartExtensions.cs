using Microsoft.Extensions.DependencyInjection;

namespace AiStack.AppHost.Supervision;

internal static class RestartExtensions
{
    /// <summary>
    /// Restarts services and stores that end without being told to, which Aspire does not do by itself.
    /// One that was stopped from the dashboard or the CLI stays stopped.
    /// </summary>
    public static void AddRestarts(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        // A resource that others wait for may be restarting: the wait goes on.
        builder.Services.Configure<ResourceNotificationServiceOptions>(
            options => options.DefaultWaitBehavior = WaitBehavior.WaitOnResourceUnavailable);
        builder.Services.AddSingleton<ToldStops>();
        builder.Services.AddHostedService<Restarts>();
        builder.Eventing.Subscribe<BeforeResourceStartedEvent>((started, _) =>
        {
            started.Services.GetRequiredService<ToldStops>().Listen(started.Resource);
            return Task.CompletedTask;
        });
    }

    /// <summary>Whether it runs on, and so is to be started again; a job ends by itself.</summary>
    public static bool RunsOn(this IResource resource) =>
        resource is ExecutableResource or ContainerResource
        && resource.TryGetAnnotationsOfType<HealthCheckAnnotation>(out _);
}
