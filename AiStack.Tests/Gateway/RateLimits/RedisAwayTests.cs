using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using AiStack.Gateway;
using AiStack.Gateway.Keys;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Gateway.RateLimits;

/// <summary>A Gateway whose Redis cannot be reached, or says nothing.</summary>
public sealed class RedisAwayTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_go_on_and_each_key_has_its_limit()
    {
        var key = CreateKey.NewSecret();
        await using var gateway = Gateway(key, cache: "127.0.0.1:1");
        using var client = Client(gateway, key);
        using var other = Client(gateway, await NewKeyAsync(client));

        Assert.Equal([200, 200, 429], await StatusesAsync(client, count: 3)); // One made the other key.
        Assert.Equal([200], await StatusesAsync(other, count: 1));
    }

    [Fact]
    public async Task A_Redis_that_takes_connections_and_says_nothing_holds_nobody_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var key = CreateKey.NewSecret();
        await using var gateway = Gateway(key, cache: silent.LocalEndpoint.ToString()!);
        using var client = Client(gateway, key);

        Assert.Equal([200, 200, 200, 429], await StatusesAsync(client, count: 4));
    }

    private ServiceFactory<GatewayTelemetry> Gateway(string key, string cache) => new(
        postgres,
        ("ConnectionStrings:cache", cache),
        ("Gateway:DevelopmentKey", key),
        ("Gateway:RateLimits:RequestsPerMinute", "3"));

    private static HttpClient Client(ServiceFactory<GatewayTelemetry> gateway, string key)
    {
        var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<string> NewKeyAsync(HttpClient client)
    {
        using var made = await client.PostAsJsonAsync(
            "/api/keys", new { name = "other", scopes = new[] { "admin" } }, Cancellation);
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("secret").GetString()!;
    }

    private static async Task<List<int>> StatusesAsync(HttpClient client, int count)
    {
        List<int> statuses = [];
        for (var request = 0; request < count; request++)
        {
            using var response = await client.GetAsync(new Uri("/api/keys", UriKind.Relative), Cancellation);
            statuses.Add((int)response.StatusCode);
        }

        return statuses;
    }
}
