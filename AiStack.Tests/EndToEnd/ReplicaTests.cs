using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>Two of each service that people's requests meet: they share the work, and one of two may die.</summary>
public sealed class ReplicaTests
{
    private const int Files = 40;
    private const int Asking = 8;
    private static readonly string[] _replicated = ["gateway", "ingest", "retrieval", "serving"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_load_one_replica_of_each_service_dies_and_everything_accepted_is_done_once()
    {
        await using var stack = await RunningStack.StartAsync(
            [.. _replicated.Select(service => $"--Replicas:{service}=2")], Token);
        await Eventually.TrueAsync(
            () => Task.FromResult(_replicated.All(service => stack.ProcessesOf(service).Count == 2)), Token);
        using var client = stack.CreateClient();
        var files = await Task.WhenAll(Enumerable.Range(0, Files).Select(i => UploadAsync(client, i)));
        using var made = await client.PostAsJsonAsync("/v1/vector_stores", new { file_ids = files }, Token);
        var store = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString()!;

        var begun = await CountsAsync(client, store);
        var before = _replicated.ToDictionary(service => service, stack.ProcessesOf);
        foreach (var service in _replicated)
        {
            ProcessTree.Kill(before[service][0]);
        }

        var counts = await Eventually.ReadAsync(
            () => CountsAsync(client, store), counts => counts.InProgress == 0, TimeSpan.FromMinutes(4));
        Assert.True(begun.InProgress > 0, "It was over before anything was killed.");
        Assert.Equal((0, Files), counts);
        var chunks = await ChunksAsync(client, store);
        Assert.Equal((Files, Files), (chunks.Count, chunks.Distinct().Count()));
        await Eventually.TrueAsync(
            () => Task.FromResult(_replicated.All(service => stack.ProcessesOf(service).Count == 2)), Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, Asking).Select(i => AskAsync(client, store, i)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
    }

    private static async Task<string> UploadAsync(HttpClient client, int number)
    {
        using var response = await SendAsync(() => client.PostAsync(
            new Uri("/v1/files", UriKind.Relative),
            new MultipartFormDataContent
            {
                { new StringContent("assistants"), "purpose" },
                { new StringContent($"The badge of employee {number} opens door {number}."), "file", "badge.txt" },
            },
            Token));
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString()!;
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string store, int number)
    {
        using var response = await SendAsync(() => client.PostAsJsonAsync(
            "/v1/responses",
            new
            {
                model = "default",
                input = $"Which door does the badge of employee {number} open?",
                tools = new[] { new { type = "file_search", vector_store_ids = new[] { store } } },
            },
            Token));
        return response.StatusCode;
    }

    // Every file is one chunk.
    private static async Task<IReadOnlyList<string>> ChunksAsync(HttpClient client, string store)
    {
        using var response = await SendAsync(() => client.PostAsJsonAsync(
            $"/v1/vector_stores/{store}/search", new { query = "badge", max_num_results = 50 }, Token));
        response.EnsureSuccessStatusCode();
        var found = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        return [.. found.GetProperty("data").EnumerateArray()
            .Select(chunk => chunk.GetProperty("chunk_id").GetString()!)];
    }

    // A replica that has not started yet, or has died, is 503 to who meets it: as clients do, it asks again.
    private static Task<HttpResponseMessage> SendAsync(Func<Task<HttpResponseMessage>> send) =>
        Eventually.ReadAsync(send, IsThere);

    private static bool IsThere(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
        {
            return true;
        }

        response.Dispose();
        return false;
    }

    private static async Task<(int InProgress, int Completed)> CountsAsync(HttpClient client, string store)
    {
        try
        {
            using var response = await client.GetAsync(new Uri($"/v1/vector_stores/{store}", UriKind.Relative), Token);
            if (response.IsSuccessStatusCode)
            {
                var read = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
                var counts = read.GetProperty("file_counts");
                return (counts.GetProperty("in_progress").GetInt32(), counts.GetProperty("completed").GetInt32());
            }
        }
        catch (HttpRequestException)
        {
            // The Gateway that held the connection is the one that died.
        }

        return (-1, 0);
    }
}
