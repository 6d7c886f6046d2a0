using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Aspire.Hosting.ApplicationModel;
using StackExchange.Redis;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>Parts of the stack away and back: 503 with a time to come again, then all as before, by itself.</summary>
[Collection(DisturbedStack.Name)]
public sealed class HostOutageTests(HostStack own)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres")]
    [InlineData("blobs")]
    public async Task While_a_store_is_down_uploads_are_503_and_when_it_is_back_they_work(string store)
    {
        var stack = own.Stack;
        using var client = stack.CreateClient();
        await WorksAsync(client);

        await using var outage = await stack.WithoutAsync(store, Token);

        using (var during = await UploadAsync(client))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, during.StatusCode);
            Assert.True(during.Headers.RetryAfter?.Delta > TimeSpan.Zero, "503 without Retry-After.");
        }

        await outage.BackAsync(Token);

        await WorksAsync(client);
    }

    [Fact]
    public async Task While_the_cache_is_down_requests_go_on_and_their_limits_are_told()
    {
        var stack = own.Stack;
        using var client = stack.CreateClient();
        await WorksAsync(client);
        // What an earlier test took away is back for the Gateway too, whose key it remembers without the database.
        await Eventually.TrueAsync(() => IsHealthyAsync(stack), Token);

        await using var outage = await stack.WithoutAsync("cache", Token);
        for (var request = 0; request < 20; request++)
        {
            using var during = await UploadAsync(client);
            Assert.Equal(HttpStatusCode.OK, during.StatusCode);
            Assert.Equal("60000", during.Headers.GetValues("x-ratelimit-limit-requests").Single());
        }

        Assert.True(await IsHealthyAsync(stack), "A Gateway that goes on must not be taken for down.");
        await outage.BackAsync(Token);

        await WorksAsync(client);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_locks_no_key_out()
    {
        var stack = own.Stack;
        using var client = stack.CreateClient();
        await WorksAsync(client);
        var keys = await client.GetFromJsonAsync<JsonElement>("/api/keys?order=asc&limit=1", Token);
        var bucket = $"requests:{keys.GetProperty("data")[0].GetProperty("id").GetString()}";
        await using var redis = await ConnectionMultiplexer.ConnectAsync(await CacheAsync(stack));
        var cache = redis.GetDatabase();

        // As it was written three hours ahead: the bucket would be full again only then.
        var ahead = TimeProvider.System.GetUtcNow().AddHours(3).ToUnixTimeMilliseconds();
        await cache.StringSetAsync(bucket, $"{ahead}.0000");

        await Eventually.TrueAsync(
            async () =>
            {
                await WorksAsync(client);
                var full = (double?)await cache.StringGetAsync(bucket); // Gone once it is full.
                return full is null || full < ahead - TimeSpan.FromHours(1).TotalMilliseconds;
            },
            Token);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("blobs")]
    public async Task Files_that_were_accepted_before_a_store_went_down_are_completed_when_it_is_back(string store)
    {
        const int Files = 60;
        var stack = own.Stack;
        using var client = stack.CreateClient();
        await WorksAsync(client);
        var files = new List<string?>();
        for (var i = 0; i < Files; i++)
        {
            using var uploaded = await UploadAsync(client);
            files.Add((await uploaded.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString());
        }

        using var made = await client.PostAsJsonAsync("/v1/vector_stores", new { file_ids = files }, Token);
        var path = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString();
        await using (await stack.WithoutAsync(store, Token))
        {
            // It is back at once.
        }

        var counts = await Eventually.ReadAsync(() => CountsAsync(client, path!), counts => counts.InProgress == 0);
        Assert.Equal((0, Files), counts);
    }

    [Fact]
    public async Task While_the_database_is_down_every_door_that_needs_it_says_503()
    {
        var stack = own.Stack;
        using var client = stack.CreateClient();
        await WorksAsync(client);
        using var made = await client.PostAsJsonAsync("/v1/vector_stores", new { name = "searched" }, Token);
        var store = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString();

        await using var outage = await stack.WithoutAsync("postgres", Token);
        foreach (var (path, body) in new (string, object?)[]
                 {
                     ("/v1/files", null),
                     ("/v1/vector_stores", null),
                     ("/v1/evals", null),
                     ("/api/keys", null),
                     ($"/v1/vector_stores/{store}/search", new { query = "words" }),
                     ("/v1/responses", Question(store, stream: false)),
                     ("/v1/responses", Question(store, stream: true)),
                     ("/v1/chat/completions", new
                     {
                         model = "default",
                         messages = new[] { new { role = "user", content = "x" } },
                         vector_store_ids = new[] { store },
                     }),
                 })
        {
            using var response = body is null
                ? await client.GetAsync(new Uri(path, UriKind.Relative), Token)
                : await client.PostAsJsonAsync(path, body, Token);
            Assert.Equal((path, HttpStatusCode.ServiceUnavailable), (path, response.StatusCode));
            Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero, $"{path}: 503 without Retry-After.");
        }

        await outage.BackAsync(Token);
        await WorksAsync(client);
    }

    [Fact]
    public async Task A_killed_service_and_a_killed_store_come_back_under_other_process_ids()
    {
        var stack = own.Stack;
        var before = (Postgres: stack.ProcessOf("postgres"), Retrieval: stack.ProcessOf("retrieval"));

        stack.KillPart("postgres");
        stack.KillPart("retrieval");

        await ComesBackAsync("postgres", before.Postgres);
        await ComesBackAsync("retrieval", before.Retrieval);
        await Eventually.TrueAsync(() => IsHealthyAsync(stack), Token);

        Task ComesBackAsync(string name, int? former) => Eventually.TrueAsync(
            () => Task.FromResult(stack.ProcessOf(name) is { } now && now != former), Token);
    }

    [Fact]
    public async Task A_part_can_be_stopped_and_started_by_name()
    {
        var stack = own.Stack;
        foreach (var part in new[] { "postgres", "cache", "ingest" })
        {
            await using (await stack.WithoutAsync(part, Token))
            {
                Assert.Null(stack.ProcessOf(part));
            }

            Assert.Equal(KnownResourceStates.Running, stack.StateOf(part));
        }

        await Eventually.TrueAsync(() => IsHealthyAsync(stack), Token);
    }

    private static async Task<ConfigurationOptions> CacheAsync(RunningStack stack)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(stack.DataFolder, "cache", "redis.conf"), Token);
        var settings = lines.Select(line => line.Split(' ', 2)).Where(line => line.Length == 2)
            .ToDictionary(line => line[0], line => line[1]);
        return new()
        {
            EndPoints = { $"127.0.0.1:{settings["port"]}" },
            Password = settings["requirepass"],
        };
    }

    private static object Question(string? store, bool stream) => new
    {
        model = "default",
        input = "x",
        stream,
        tools = new[] { new { type = "file_search", vector_store_ids = new[] { store } } },
    };

    private static async Task<(int InProgress, int Completed)> CountsAsync(HttpClient client, string store)
    {
        using var response = await client.GetAsync(new Uri($"/v1/vector_stores/{store}", UriKind.Relative), Token);
        if (!response.IsSuccessStatusCode)
        {
            return (-1, 0); // Not back yet.
        }

        var counts = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("file_counts");
        return (counts.GetProperty("in_progress").GetInt32(), counts.GetProperty("completed").GetInt32());
    }

    // Every service that has a pool of connections to the database has found out which of them are dead.
    private static Task WorksAsync(HttpClient client) => Eventually.TrueAsync(
        async () =>
        {
            using var uploaded = await UploadAsync(client);
            using var stores = await client.GetAsync(new Uri("/v1/vector_stores", UriKind.Relative), Token);
            return uploaded.StatusCode == HttpStatusCode.OK && stores.StatusCode == HttpStatusCode.OK;
        },
        Token);

    // Each time another text: one that is stored already would not need the blob store.
    private static async Task<HttpResponseMessage> UploadAsync(HttpClient client)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new StringContent($"Outage note {Guid.CreateVersion7()}."), "file", "note.txt" },
        };
        return await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, Token);
    }

    private static async Task<bool> IsHealthyAsync(RunningStack stack)
    {
        using var client = stack.CreateClient();
        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), Token);
        return response.IsSuccessStatusCode;
    }
}
