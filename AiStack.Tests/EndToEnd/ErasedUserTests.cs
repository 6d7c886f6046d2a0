using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using StackExchange.Redis;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>An end user's words come in by every way that there is, and are in no store after an erasure.</summary>
public sealed class ErasedUserTests(StackFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_an_end_user_said_is_in_the_database_in_Redis_or_in_a_blob_afterwards()
    {
        var stack = await fixture.StackAsync(Token);
        var word = $"quix{Guid.CreateVersion7():N}"[..28];
        using var client = await SayEverywhereAsync(stack, word);
        Assert.Contains("serving.completion", await FindAsync(stack, word));
        Assert.Contains("gateway.idempotent_request", await FindAsync(stack, word));

        var begun = await PostAsync(client, "/api/erasures", new
        {
            by = "end_user", user = $"user {word}", reason = "Case 1",
        });
        var erasure = await Eventually.ReadAsync(
            () => client.GetFromJsonAsync<JsonElement>($"/api/erasures/{Id(begun)}", Token),
            read => read.GetProperty("status").GetString() != "running");

        Assert.Equal("completed", erasure.GetProperty("status").GetString());
        Assert.Empty(await FindAsync(stack, word));
    }

    private static async Task<HttpClient> SayEverywhereAsync(RunningStack stack, string word)
    {
        var project = await OpenAiProject.NewAsync(stack);
        var client = new HttpClient { BaseAddress = stack.Api };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", project.Key);
        using var cached = await client.PutAsJsonAsync("/api/cache", new { max_age_seconds = 600 }, Token);
        cached.EnsureSuccessStatusCode();
        var (user, input) = ($"user {word}", $"How many days of holiday has {word}?");
        var tools = new[]
        {
            new { type = "file_search", vector_store_ids = new[] { await project.StoreAsync(OpenAiProject.Leave) } },
        };
        var conversation = Id(await PostAsync(client, "/v1/conversations", new { }));
        await PostAsync(
            client, "/v1/responses",
            new { model = "extractive", input, tools, conversation, safety_identifier = user });
        var answer = Id(await PostAsync(
            client, "/v1/responses", new { model = "extractive", input, tools, user }, idempotencyKey: "once"));
        var background = Id(await PostAsync(
            client, "/v1/responses", new { model = "extractive", input, tools, user, background = true }));
        await Eventually.ReadAsync(
            () => client.GetFromJsonAsync<JsonElement>($"/v1/responses/{background}", Token),
            read => read.GetProperty("status").GetString() == "completed");
        await PostAsync(client, "/v1/chat/completions", new
        {
            model = "extractive", messages = new[] { new { role = "user", content = input } }, store = true, user,
        });
        await PostAsync(client, "/v1/embeddings", new { model = "default", input, user });
        await PostAsync(client, "/api/feedback", new
        {
            response_id = answer, verdict = "down", comment = $"{word} has more.", user = "a colleague",
        });
        return client;
    }

    /// <summary>Every table with all its columns, every key and value of Redis, every blob.</summary>
    private static async Task<List<string>> FindAsync(RunningStack stack, string word)
    {
        var found = new List<string>();
        await using var database = await stack.DatabaseAsync(Token);
        var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word));
        await using (var find = database.CreateCommand(
            $"""
            select schemaname || '.' || tablename
            from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
              and (xpath('/row/n/text()', query_to_xml(format(
                  'select count(*) as n from %I.%I t where t::text ilike %L or t::text like %L',
                  schemaname, tablename, '%{word}%', '%{hex}%'), false, true, '')))[1]::text <> '0'
            """))
        {
            await using var reader = await find.ExecuteReaderAsync(Token);
            while (await reader.ReadAsync(Token))
            {
                found.Add(reader.GetString(0));
            }
        }

        await using var cache = await ConnectionMultiplexer.ConnectAsync(await stack.CacheAsync(Token));
        await foreach (var key in cache.GetServers()[0].KeysAsync().WithCancellation(Token))
        {
            var value = await cache.GetDatabase().KeyTypeAsync(key) == RedisType.Hash
                ? string.Join(' ', await cache.GetDatabase().HashGetAllAsync(key))
                : $"{await cache.GetDatabase().StringGetAsync(key)}";
            if ($"{key} {value}".Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                found.Add($"redis {key}");
            }
        }

        found.AddRange(Directory.EnumerateFiles(
                Path.Combine(stack.DataFolder, "blobs"), "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains(word, StringComparison.OrdinalIgnoreCase)));
        return found;
    }

    private static async Task<JsonElement> PostAsync(
        HttpClient client, string path, object body, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static string Id(JsonElement made) => made.GetProperty("id").GetString()!;
}
