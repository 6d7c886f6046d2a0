using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Gateway;
using AiStack.Gateway.Keys;
using AiStack.ServiceDefaults.Database;
using AiStack.Tests.Fixtures;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Gateway.Keys;

/// <summary>Keys by the API, on a Gateway of its own.</summary>
public sealed class KeyApiTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly string _key = CreateKey.NewSecret();
    private ServiceFactory<GatewayTelemetry> _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _gateway = new(postgres, ("Gateway:DevelopmentKey", _key), ("Gateway:WrongKeysPerMinute", "20"));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Ten_thousand_keys_are_listed_by_pages_each_once_newest_first()
    {
        const int Keys = 10_000;
        using var first = Client(_key);
        using var made = await first.PostAsJsonAsync("/api/projects", new { name = "many keys" }, Cancellation);
        var project = await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        await AddKeysAsync(project.GetProperty("project").GetProperty("id").GetString()!, Keys - 1);
        using var client = Client(project.GetProperty("secret").GetString()!);

        List<string> ids = [];
        JsonElement page;
        do
        {
            var after = ids.Count == 0 ? "" : $"&after={ids[^1]}";
            page = await client.GetFromJsonAsync<JsonElement>($"/api/keys?limit=100{after}", Cancellation);
            ids.AddRange(page.GetProperty("data").EnumerateArray().Select(key => key.GetProperty("id").GetString()!));
        }
        while (page.GetProperty("has_more").GetBoolean());

        Assert.Equal(Keys, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(ids.OrderDescending(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task A_request_may_ask_for_less_than_its_key_may_and_never_for_more()
    {
        using var admin = Client(_key);
        using var made = await admin.PostAsJsonAsync(
            "/api/keys", new { name = "reader", scopes = new[] { "files.read" } }, Cancellation);
        using var reader = Client(
            (await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("secret").GetString()!);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, scopes: null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(admin, scopes: "files.read admin"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(admin, scopes: "files.read files.write"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(admin, scopes: "none"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(reader, scopes: "admin"));
    }

    [Fact]
    public async Task An_admin_who_may_not_reveal_gives_others_the_scope_to()
    {
        using var admin = Client(_key);
        var (status, secret) = await MakeAsync(admin, "admin");
        using var plain = Client(secret!);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(HttpStatusCode.Created, (await MakeAsync(plain, "privacy.reveal")).Status);

        static async Task<(HttpStatusCode Status, string? Secret)> MakeAsync(HttpClient client, string scope)
        {
            using var made = await client.PostAsJsonAsync(
                "/api/keys", new { name = scope, scopes = new[] { scope } }, Cancellation);
            var answer = await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            return (made.StatusCode, answer.TryGetProperty("secret", out var secret) ? secret.GetString() : null);
        }
    }

    [Fact]
    public async Task Many_wrong_keys_from_an_address_are_told_when_to_come_again()
    {
        HttpResponseMessage? refused = null;
        for (var guess = 0; guess <= 20; guess++)
        {
            refused?.Dispose();
            using var client = Client(CreateKey.NewSecret());
            refused = await client.GetAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);
        }

        using (refused)
        {
            var error = (await refused!.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("error");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("rate_limit_exceeded", error.GetProperty("code").GetString());
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero, "429 without Retry-After.");
        }
    }

    private HttpClient Client(string key)
    {
        var client = _gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string? scopes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/keys");
        if (scopes is not null)
        {
            request.Headers.Add("X-AiStack-Scopes", scopes);
        }

        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private async Task AddKeysAsync(string project, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Id<ApiKey>.New().Value).ToArray();
        await using var owner = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(
            $"""
            insert into gateway.api_key (id, project_id, name, sha256, hint, scopes, created_at)
            select id, {Id<Project>.Parse(project, null)}, 'one of many', sha256(id::text::bytea), 'sk',
                   array['admin'], now()
            from unnest({ids}) as made (id)
            """, Cancellation);
    }
}
