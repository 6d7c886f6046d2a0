using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>Workers that die in the middle of their work: what was accepted is done, each part of it once.</summary>
[Collection(DisturbedStack.Name)]
public sealed class HostCrashTests(HostStack own)
{
    private const int Files = 200;

    /// <summary>A killed worker's leases run out before another takes its work.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ingest")]
    [InlineData("retrieval")]
    public async Task Killed_in_the_middle_of_200_files_a_worker_completes_them_all_with_each_chunk_once(string service)
    {
        using var client = own.Stack.CreateClient();
        var files = await UploadAllAsync(client);
        var store = (await PostAsync(client, "/v1/vector_stores", new { name = "killed" }))
            .GetProperty("id").GetString()!;
        await PostAsync(client, $"/v1/vector_stores/{store}/file_batches", new
        {
            files = files.Select((file, i) => new { file_id = file, attributes = new { number = i } }),
        });

        foreach (var share in new[] { 0.1, 0.4 })
        {
            await Eventually.ReadAsync(
                () => CountsAsync(client, store), counts => counts.Completed >= share * Files, _patience);
            own.Stack.KillPart(service);
        }

        var interrupted = await CountsOrNullAsync(client, store);
        var counts = await Eventually.ReadAsync(
            () => CountsOrNullAsync(client, store), counts => counts is { InProgress: 0 }, _patience);

        Assert.True(interrupted is null or { InProgress: > 0 }, "It was over before it was killed.");
        Assert.Equal(new(0, Files, 0), counts);
        for (var i = 0; i < Files; i++)
        {
            await AssertWholeAsync(client, store, i, files[i]);
        }
    }

    /// <summary>The file's chunks make up its text, and search finds exactly those chunks.</summary>
    private static async Task AssertWholeAsync(HttpClient client, string store, int number, string file)
    {
        var content = await GetAsync(client, $"/v1/vector_stores/{store}/files/{file}/content");
        var parts = content.GetProperty("data").EnumerateArray()
            .Select(part => part.GetProperty("text").GetString()).ToList();
        Assert.Equal(Text(number), string.Concat(parts));

        var found = await PostAsync(client, $"/v1/vector_stores/{store}/search", new
        {
            query = "sentence", max_num_results = 50, filters = new { type = "eq", key = "number", value = number },
        });
        var chunks = found.GetProperty("data").EnumerateArray()
            .Select(chunk => chunk.GetProperty("chunk_id").GetString()).ToList();
        Assert.Equal(parts.Count, chunks.Count);
        Assert.Equal(chunks.Count, chunks.Distinct().Count());
    }

    private static async Task<string[]> UploadAllAsync(HttpClient client)
    {
        var files = new string[Files];
        for (var i = 0; i < Files; i++)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent("assistants"), "purpose" },
                { new StringContent(Text(i)), "file", $"file-{i}.txt" },
            };
            using var response = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, Token);
            files[i] = (await ReadAsync(response)).GetProperty("id").GetString()!;
        }

        return files;
    }

    private static string Text(int file) =>
        string.Join(' ', Enumerable.Range(1, 120).Select(i => $"This is sentence {i} of the file {file}."));

    /// <summary>A killed service answers nothing for a moment.</summary>
    private static async Task<Counts?> CountsOrNullAsync(HttpClient client, string store)
    {
        using var response = await client.GetAsync(new Uri($"/v1/vector_stores/{store}", UriKind.Relative), Token);
        return response.IsSuccessStatusCode ? Counts.Of(await ReadAsync(response)) : null;
    }

    private static async Task<Counts> CountsAsync(HttpClient client, string store) =>
        await CountsOrNullAsync(client, store) ?? new(0, 0, 0);

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object request)
    {
        using var response = await client.PostAsJsonAsync(path, request, Token);
        return await ReadAsync(response);
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return await ReadAsync(response);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    private sealed record Counts(int InProgress, int Completed, int Failed)
    {
        public static Counts Of(JsonElement store)
        {
            var counts = store.GetProperty("file_counts");
            return new(
                counts.GetProperty("in_progress").GetInt32(),
                counts.GetProperty("completed").GetInt32(),
                counts.GetProperty("failed").GetInt32());
        }
    }
}
