using System.Net.Http.Headers;
using AiStack.Gateway;
using AiStack.Gateway.Keys;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Serving;
using Xunit;

namespace AiStack.Tests.Gateway.Idempotency;

/// <summary>Two replicas of the Gateway, on real connections, before one service that does what a test says.</summary>
public sealed class TwoGateways : IAsyncLifetime
{
    private readonly string _key = CreateKey.NewSecret();
    private readonly List<ServiceFactory<GatewayTelemetry>> _gateways = [];

    internal PostgresFixture Postgres { get; } = new();

    internal ScriptedServer Service { get; private set; } = null!;

    /// <summary>An administrator's client of each replica.</summary>
    public IReadOnlyList<HttpClient> Clients { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        Service = await ScriptedServer.StartAsync();
        for (var replica = 0; replica < 2; replica++)
        {
            var gateway = new ServiceFactory<GatewayTelemetry>(
                Postgres,
                ("Gateway:DevelopmentKey", _key),
                ("Gateway:Idempotency:MaxAnswerBytes", "4096"),
                ("Gateway:Idempotency:MaxRequestBytes", "100000"),
                ("services:serving:http:0", Service.Address),
                ("services:retrieval:http:0", Service.Address),
                ("services:ingest:http:0", Service.Address));
            _gateways.Add(gateway);
            gateway.Listen();
        }

        Clients = [.. _gateways.Select(gateway => Client(gateway, _key))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (client, gateway) in Clients.Zip(_gateways))
        {
            client.Dispose();
            await gateway.DisposeAsync();
        }

        await Service.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>A client of the first replica with another key.</summary>
    public HttpClient Client(string key) => Client(_gateways[0], key);

    private static HttpClient Client(ServiceFactory<GatewayTelemetry> gateway, string key)
    {
        var client = new HttpClient { BaseAddress = gateway.ClientOptions.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}
