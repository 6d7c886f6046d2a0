using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiStack.ServiceDefaults.Work;

public static class WorkExtensions
{
    /// <summary>
    /// Serves a queue with <paramref name="workers"/> loops in this process; replicas of the service add theirs.
    /// </summary>
    public static void AddWorkHandler<TPayload, THandler>(this IHostApplicationBuilder builder, int workers = 1)
        where TPayload : notnull
        where THandler : class, IWorkHandler<TPayload>
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.All(service => service.ServiceType != typeof(WorkSignal)))
        {
            builder.AddValidatedOptions<WorkOptions>();
            builder.Services.AddSingleton<WorkSignal>();
            builder.Services.AddHostedService(services => services.GetRequiredService<WorkSignal>());
            builder.Services.AddHostedService<WorkDepths>();
        }

        builder.Services.AddSingleton(new ServedQueue(THandler.Queue));
        builder.Services.AddScoped<THandler>();
        for (var worker = 0; worker < workers; worker++)
        {
            // AddHostedService would take the second loop for a duplicate of the first.
            builder.Services.AddSingleton<IHostedService>(
                services => ActivatorUtilities.CreateInstance<WorkQueueWorker<TPayload, THandler>>(services, workers));
        }
    }
}
