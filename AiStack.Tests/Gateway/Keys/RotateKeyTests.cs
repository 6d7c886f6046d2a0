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

/// <summary>New secrets for keys, and keys for some models, by the API.</summary>
public sealed class RotateKeyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly string _key = CreateKey.NewSecret();
    private ServiceFactory<GatewayTelemetry> _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _gateway = new(postgres, ("Gateway:DevelopmentKey", _key), ("Gateway:KeyCacheTime", "00:01:00"));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Both_secrets_are_good_until_the_grace_is_over()
    {
        var (id, old) = await MakeAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(old)); // It is remembered, for a minute.

        var rotated = await RotateAsync(id, new { grace_seconds = 3_600 });
        var secret = rotated.GetProperty("secret").GetString()!;

        Assert.Equal(id, rotated.GetProperty("key").GetProperty("id").GetString());
        Assert.EndsWith(
            secret[^4..], rotated.GetProperty("key").GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(old), await StatusAsync(secret)));
        await ExecuteAsync(
            $"""
            update gateway.api_key set previous_until = now() - interval '1 s'
            where id = {Id<ApiKey>.Parse(id, null)}
            """);
        await using var another = new ServiceFactory<GatewayTelemetry>(postgres); // It remembers nothing.
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            (await StatusAsync(old, another), await StatusAsync(secret, another)));
    }

    [Fact]
    public async Task Without_grace_the_old_secret_is_refused_at_once()
    {
        var (id, old) = await MakeAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(old));

        var secret = (await RotateAsync(id, new { grace_seconds = 0 })).GetProperty("secret").GetString()!;

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await StatusAsync(old), await StatusAsync(secret)));
    }

    [Fact]
    public async Task A_second_rotation_ends_the_grace_of_the_first_secret()
    {
        var (id, first) = await MakeAsync();
        var second = (await RotateAsync(id, new { })).GetProperty("secret").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(first));

        var third = (await RotateAsync(id, new { })).GetProperty("secret").GetString()!;

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.OK],
            [await StatusAsync(first), await StatusAsync(second), await StatusAsync(third)]);
    }

    [Fact]
    public async Task Revoking_a_key_refuses_both_of_its_secrets()
    {
        var (id, old) = await MakeAsync();
        var secret = (await RotateAsync(id, new { })).GetProperty("secret").GetString()!;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(old), await StatusAsync(secret)));

        using var admin = Client(_key);
        using var revoked = await admin.DeleteAsync(new Uri($"/api/keys/{id}", UriKind.Relative), Cancellation);
        using var again = await admin.PostAsJsonAsync($"/api/keys/{id}/rotate", new { }, Cancellation);

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (await StatusAsync(old), await StatusAsync(secret)));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Of_rotations_at_once_each_secret_that_was_given_out_is_the_last_or_the_one_before()
    {
        var (id, _) = await MakeAsync();
        using var admin = Client(_key);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => admin.PostAsJsonAsync($"/api/keys/{id}/rotate", new { }, Cancellation)));

        Assert.All(answers, answer => Assert.True(
            answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{answer.StatusCode}"));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2_592_001)]
    public async Task A_grace_that_cannot_be_is_refused_with_its_limits(long seconds)
    {
        var (id, _) = await MakeAsync();
        using var admin = Client(_key);

        using var refused = await admin.PostAsJsonAsync(
            $"/api/keys/{id}/rotate", new { grace_seconds = seconds }, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(
            "from 0 to 2592000", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_the_settings_is_changed_there()
    {
        using var admin = Client(_key);
        var keys = await admin.GetFromJsonAsync<JsonElement>("/api/keys?limit=100", Cancellation);
        var own = keys.GetProperty("data").EnumerateArray()
            .Single(key => key.GetProperty("hint").GetString()!.EndsWith(_key[^4..], StringComparison.Ordinal))
            .GetProperty("id").GetString();

        using var refused = await admin.PostAsJsonAsync($"/api/keys/{own}/rotate", new { }, Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains(
            "Gateway:DevelopmentKey", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_for_some_models_makes_and_rotates_none_that_may_use_more()
    {
        var (free, _) = await MakeAsync();
        var (_, secret) = await MakeAsync(
            new { name = "some", scopes = new[] { "admin" }, models = new[] { "a", "b" } });
        using var some = Client(secret);

        foreach (var (models, status) in new (string[]? Models, HttpStatusCode Status)[]
        {
            (["a"], HttpStatusCode.Created), (["a", "c"], HttpStatusCode.Forbidden), (null, HttpStatusCode.Forbidden),
        })
        {
            using var made = await some.PostAsJsonAsync(
                "/api/keys", new { name = "less", scopes = new[] { "models.read" }, models }, Cancellation);
            Assert.Equal(status, made.StatusCode);
        }

        using var taken = await some.PostAsJsonAsync($"/api/keys/{free}/rotate", new { }, Cancellation);
        using var project = await some.PostAsJsonAsync("/api/projects", new { name = "out" }, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, taken.StatusCode);
        Assert.Equal(
            ["a", "b"],
            (await project.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("key")
                .GetProperty("models").EnumerateArray().Select(model => model.GetString()));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"two words\"]")]
    [InlineData("[null]")]
    public async Task Models_that_cannot_be_names_are_refused(string models)
    {
        using var admin = Client(_key);

        using var refused = await admin.PostAsync(
            "/api/keys",
            new StringContent(
                $$"""{"name":"x","scopes":["models.read"],"models":{{models}}}""",
                System.Text.Encoding.UTF8,
                "application/json"),
            Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("models", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private async Task<(string Id, string Secret)> MakeAsync(object? request = null)
    {
        using var admin = Client(_key);
        using var made = await admin.PostAsJsonAsync(
            "/api/keys", request ?? new { name = "one", scopes = new[] { "admin" } }, Cancellation);
        made.EnsureSuccessStatusCode();
        var key = await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return (key.GetProperty("key").GetProperty("id").GetString()!, key.GetProperty("secret").GetString()!);
    }

    private async Task<JsonElement> RotateAsync(string id, object request)
    {
        using var admin = Client(_key);
        using var rotated = await admin.PostAsJsonAsync($"/api/keys/{id}/rotate", request, Cancellation);
        rotated.EnsureSuccessStatusCode();
        return await rotated.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private HttpClient Client(string key, ServiceFactory<GatewayTelemetry>? gateway = null)
    {
        var client = (gateway ?? _gateway).CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private async Task<HttpStatusCode> StatusAsync(string key, ServiceFactory<GatewayTelemetry>? gateway = null)
    {
        using var client = Client(key, gateway);
        using var response = await client.GetAsync(new Uri("/api/keys", UriKind.Relative), Cancellation);
        return response.StatusCode;
    }

    private async Task ExecuteAsync(Sql sql)
    {
        await using var owner = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, Cancellation);
    }
}
