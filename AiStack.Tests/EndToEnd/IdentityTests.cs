using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

public sealed class IdentityTests(StackFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("sk-aistack-wrong")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("sk-aistack-'; drop table gateway.api_key; --")]
    public async Task A_missing_or_wrong_key_is_401_in_OpenAIs_shape(string? key)
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var client = new HttpClient { BaseAddress = stack.Api };
        if (key is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        using var response = await client.GetAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var error = await ErrorAsync(response);
        Assert.Equal("invalid_api_key", error.GetProperty("code").GetString());
        Assert.Contains("Bearer", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_without_the_scope_is_403_and_with_it_is_let_through()
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var admin = stack.CreateClient();
        using var reader = ClientOf(stack, await NewKeyAsync(admin, "files.read"));

        using var refused = await reader.GetAsync(new Uri("/v1/vector_stores", UriKind.Relative), Cancellation);
        using var allowed = await reader.GetAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("insufficient_scope", (await ErrorAsync(refused)).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task A_key_cannot_make_keys_unless_it_is_an_administrators()
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var admin = stack.CreateClient();
        using var reader = ClientOf(stack, await NewKeyAsync(admin, "files.read"));

        using var response = await reader.PostAsJsonAsync(
            "/api/keys", new { name = "mine", scopes = new[] { "admin" } }, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var admin = stack.CreateClient();
        var made = await CreateAsync(admin, "/api/keys", new { name = "short-lived", scopes = new[] { "files.read" } });
        using var client = ClientOf(stack, made.GetProperty("secret").GetString()!);
        using var before = await client.GetAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);

        var id = made.GetProperty("key").GetProperty("id").GetString();
        using var revoked = await admin.DeleteAsync(new Uri($"/api/keys/{id}", UriKind.Relative), Cancellation);
        using var after = await client.GetAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task A_key_is_refused_once_its_time_is_over()
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var admin = stack.CreateClient();
        var made = await CreateAsync(admin, "/api/keys", new
        {
            name = "over soon",
            scopes = new[] { "files.read" },
            expires_at = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20),
        });
        using var client = ClientOf(stack, made.GetProperty("secret").GetString()!);
        using var before = await client.GetAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await client.GetAsync(new Uri("/v1/files", UriKind.Relative), Cancellation);
                return response.StatusCode == HttpStatusCode.Unauthorized;
            },
            Cancellation);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_never_listed()
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var admin = stack.CreateClient();
        var secret = await NewKeyAsync(admin, "files.read");

        var list = await admin.GetStringAsync(new Uri("/api/keys", UriKind.Relative), Cancellation);

        Assert.Contains(secret[^4..], list, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"","scopes":["admin"]}""", "name")]
    [InlineData("""{"name":"a","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"a","scopes":["root"]}""", "scopes")]
    [InlineData("""{"name":"a","scopes":"admin"}""", "scopes")]
    [InlineData("""{"name":"a\u0000","scopes":["admin"]}""", "name")]
    [InlineData("""{"name":"a","scopes":["admin"],"expires":"2001-01-01T00:00:00Z"}""", "expires")]
    [InlineData("""{"name":"a","scopes":["admin"],"expires_at":"2001-01-01T00:00:00Z"}""", "expires_at")]
    public async Task A_bad_key_request_names_the_field(string body, string field)
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var admin = stack.CreateClient();
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));

        using var response = await admin.PostAsync(new Uri("/api/keys", UriKind.Relative), content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(field, problem.GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task A_project_sees_nothing_of_another()
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var first = stack.CreateClient();
        var made = await CreateAsync(first, "/api/projects", new { name = $"other-{Guid.CreateVersion7():N}" });
        using var second = ClientOf(stack, made.GetProperty("secret").GetString()!);
        var file = await UploadAsync(first, "The first project's words.");
        var store = (await CreateAsync(first, "/v1/vector_stores", new { name = "first's" }))
            .GetProperty("id").GetString();

        foreach (var path in new[] { $"/v1/files/{file}", $"/v1/files/{file}/content", $"/api/files/{file}/text",
                     $"/v1/vector_stores/{store}", $"/v1/vector_stores/{store}/files" })
        {
            using var response = await second.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using var attach = await second.PostAsJsonAsync(
            $"/v1/vector_stores/{store}/files", new { file_id = file }, Cancellation);
        using var search = await second.PostAsJsonAsync(
            $"/v1/vector_stores/{store}/search", new { query = "words" }, Cancellation);
        using var delete = await second.DeleteAsync(new Uri($"/v1/files/{file}", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, attach.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, search.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, delete.StatusCode);
        using var still = await first.GetAsync(new Uri($"/v1/files/{file}", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Inner_paths_cannot_be_reached_from_outside()
    {
        var stack = await fixture.StackAsync(Cancellation);
        using var client = stack.CreateClient();

        using var response = await client.PostAsJsonAsync("/internal/search", new { query = "words" }, Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task<string> UploadAsync(HttpClient client, string text)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new StringContent(text), "file", "words.txt" },
        };
        using var response = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, Cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
    }

    private static async Task<string> NewKeyAsync(HttpClient admin, params string[] scopes) =>
        (await CreateAsync(admin, "/api/keys", new { name = "test", scopes })).GetProperty("secret").GetString()!;

    private static async Task<JsonElement> CreateAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, Cancellation);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private static HttpClient ClientOf(RunningStack stack, string key)
    {
        var client = new HttpClient { BaseAddress = stack.Api };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("error");
}
