using Microsoft.Extensions.Hosting;

namespace AiStack.AppHost.Supervision;

/// <summary>
/// A background service that runs from before the first resource is started. Aspire's own service, which is started
/// before ours, has started only when every resource is: too late to watch the start.
/// </summary>
internal abstract class EarlyService : BackgroundService, IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => base.StartAsync(cancellationToken);

    public override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
