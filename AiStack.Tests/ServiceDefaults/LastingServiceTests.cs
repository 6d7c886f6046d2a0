using AiStack.ServiceDefaults;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

/// <summary>No background service ends its program.</summary>
public sealed class LastingServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fails_is_begun_again_and_the_program_goes_on()
    {
        using var failing = new Failing(_ => throw new TimeoutException());
        using var host = Start(failing);
        await host.StartAsync(Token);

        await Eventually.TrueAsync(() => Task.FromResult(failing.Begun > 1), Token);

        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        Assert.False(lifetime.ApplicationStopping.IsCancellationRequested);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task What_fails_while_the_program_stops_is_only_the_end()
    {
        using var failing = new Failing(async stopping =>
        {
            await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new TimeoutException();
        });
        using var host = Start(failing);
        await host.StartAsync(Token);
        await Eventually.TrueAsync(() => Task.FromResult(failing.Begun == 1), Token);

        await host.StopAsync(Token);

        Assert.True(failing.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public void Every_background_service_of_a_program_is_one_that_lasts()
    {
        var marked = new[]
        {
            typeof(global::AiStack.Gateway.GatewayTelemetry), typeof(global::AiStack.Ingest.IngestTelemetry),
            typeof(global::AiStack.Retrieval.RetrievalTelemetry), typeof(global::AiStack.Serving.ServingTelemetry),
            typeof(global::AiStack.Evals.EvalsTelemetry), typeof(global::AiStack.Console.Start.StackWatch),
            typeof(LastingService),
        };

        var others = marked.SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(BackgroundService)) && type != typeof(LastingService)
                && !type.IsSubclassOf(typeof(LastingService)));

        Assert.Empty(others);
    }

    private static IHost Start(Failing failing)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IHostedService>(failing);
        return builder.Build();
    }

    private sealed class Failing(Func<CancellationToken, Task> run)
        : LastingService(NullLogger<Failing>.Instance)
    {
        private int _begun;

        public int Begun => _begun;

        protected override Task RunAsync(CancellationToken stoppingToken)
        {
            Interlocked.Increment(ref _begun);
            return run(stoppingToken);
        }
    }
}
