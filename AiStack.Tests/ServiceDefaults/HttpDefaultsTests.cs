using System.Net;
using System.Net.Http.Json;
using AiStack.ServiceDefaults;
using AiStack.Tests.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

/// <summary>How services ask one another.</summary>
public sealed class HttpDefaultsTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _server.Script = (context, _) =>
        {
            context.Response.StatusCode = _server.Asked.Count == 1 ? 503 : 200;
            return Task.CompletedTask;
        };
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_reads_is_tried_again_after_a_failure_that_passes()
    {
        await using var services = Services();

        using var response = await Client(services, "any").GetAsync(new Uri(_server.Address), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task What_writes_is_sent_once()
    {
        await using var services = Services();

        using var response = await Client(services, "any").PostAsJsonAsync(new Uri(_server.Address), 1, Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task A_client_without_resilience_asks_once()
    {
        await using var services = Services();

        using var response = await Client(services, "probe").GetAsync(new Uri(_server.Address), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task A_service_of_which_one_replica_is_away_is_still_asked()
    {
        const int Requests = 150; // The breaker judges by 100 or more.
        _server.Script = (context, _) =>
        {
            context.Response.StatusCode = _server.Asked.Count % 2 == 0 ? 503 : 200;
            return Task.CompletedTask;
        };
        await using var services = Services();

        for (var request = 0; request < Requests; request++)
        {
            using var response = await Client(services, "any")
                .PostAsJsonAsync(new Uri(_server.Address), 1, Cancellation);
        }

        Assert.Equal(Requests, _server.Asked.Count);
    }

    [Theory]
    [InlineData("GET", 10, 30)]
    [InlineData("POST", -0.001, -0.001)]
    public async Task An_answer_or_an_upload_takes_as_long_as_its_client_allows(
        string method, double attemptSeconds, double totalSeconds)
    {
        await using var services = Services();
        var options = services.GetRequiredService<IOptionsMonitor<HttpStandardResilienceOptions>>().Get("-standard");
        using var request = new HttpRequestMessage(new(method), _server.Address);
        var context = ResilienceContextPool.Shared.Get(Cancellation);
        context.SetRequestMessage(request);

        Assert.Equal(attemptSeconds, (await options.AttemptTimeout.TimeoutGenerator!(new(context))).TotalSeconds);
        Assert.Equal(totalSeconds, (await options.TotalRequestTimeout.TimeoutGenerator!(new(context))).TotalSeconds);
    }

    private static ServiceProvider Services()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddHttpDefaults();
        builder.Services.AddHttpClient("probe").WithoutResilience();
        return builder.Services.BuildServiceProvider();
    }

    private static HttpClient Client(ServiceProvider services, string name) =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
}
