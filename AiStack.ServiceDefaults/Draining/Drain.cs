using AiStack.ServiceDefaults.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AiStack.ServiceDefaults.Draining;

/// <summary>
/// Lets a replica go without breaking a request. A connection that is kept alive may get a request at the very moment
/// at which the server closes it, and nobody can tell whether it was begun. So for a while after it was told to stop, a
/// replica closes each connection with an answer that says so, and what is idle its callers close
/// (<see cref="HttpDefaults.IdleConnection"/>); only then it stops to listen. It is not healthy meanwhile, and its
/// answers carry <see cref="IDraining.Header"/>, so that nothing new is sent where one of them decides.
/// </summary>
internal sealed class Drain(IOptions<DrainOptions> options, TimeProvider time)
    : IHostedLifecycleService, IDraining, IDisposable
{
    private readonly CancellationTokenSource _begun = new();
    private readonly TaskCompletionSource _earlierAreOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _earlier = 1; // And this, until it begins.
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    public CancellationToken Begun => _begun.Token;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _begun.CancelAsync();
        if (options.Value.For == TimeSpan.Zero)
        {
            return;
        }

        _hasBegun = true;
        EndEarlier();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var atMost = Task.Delay(options.Value.AtMost, time, limit.Token);
        await Task.WhenAny(_earlierAreOver.Task, atMost);
        // What was kept alive for the last of them is idle for as long as any other, now.
        await Task.Delay(options.Value.For, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await limit.CancelAsync();
    }

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (_hasBegun)
        {
            // At the very last: an error clears the headers that were set before it.
            context.Response.OnStarting(Close, context.Response);
            await next(context);
            return;
        }

        Interlocked.Increment(ref _earlier);
        try
        {
            await next(context);
        }
        finally
        {
            EndEarlier();
        }
    }

    public void Dispose() => _begun.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task Close(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.Connection = "close";
        headers[IDraining.Header] = "true";
        return Task.CompletedTask;
    }

    private void EndEarlier()
    {
        if (Interlocked.Decrement(ref _earlier) == 0)
        {
            _earlierAreOver.TrySetResult();
        }
    }
}

internal static class DrainExtensions
{
    public static void AddDrain(this IHostApplicationBuilder builder)
    {
        builder.AddValidatedOptions<DrainOptions>();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddSingleton<IDraining>(services => services.GetRequiredService<Drain>());
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
    }

    public static void UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use(next => context => drain.HandleAsync(context, next));
    }
}
