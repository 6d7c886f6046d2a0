using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.AppHost.Access;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Samples;

/// <summary>Loads the sample documents through the public API, as any client would.</summary>
internal sealed class SampleDocuments(HttpClient client, string folder)
{
    private const string StoreName = "samples";
    private const int StoresPerPage = 100;
    private static readonly TimeSpan _processingLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Loads them unless a store of that name is there already, and says what came of it.</summary>
    /// <exception cref="HttpRequestException">The API did not take them.</exception>
    public static async Task<string> LoadAsync(Doors doors, CancellationToken cancellationToken)
    {
        // Each upload is a trace of its own, and not a part of a command's.
        using var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(doors.Api) };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await doors.KeyAsync(cancellationToken));
        return await new SampleDocuments(client, Path.Combine(Repository.Root, "samples")).LoadAsync(cancellationToken);
    }

    private async Task<string> LoadAsync(CancellationToken cancellationToken)
    {
        if (await FindStoreAsync(cancellationToken) is { } store)
        {
            return $"they are there already. {await WaitAsync(store, cancellationToken)}";
        }

        await using var manifest = File.OpenRead(Path.Combine(folder, "manifest.json"));
        var documents = await JsonSerializer.DeserializeAsync<List<SampleDocument>>(
            manifest, JsonSerializerOptions.Web, cancellationToken) ?? [];
        List<string> files = [];
        foreach (var document in documents)
        {
            files.Add(await UploadAsync(document, cancellationToken));
        }

        // The store comes last: an interrupted load is begun again, not taken for done.
        using var response = await client.PostAsJsonAsync(
            "/v1/vector_stores", new { name = StoreName, file_ids = files }, cancellationToken);
        return await WaitAsync(await IdAsync(response, cancellationToken), cancellationToken);
    }

    private async Task<string?> FindStoreAsync(CancellationToken cancellationToken)
    {
        for (var after = ""; ;)
        {
            var page = await GetAsync($"/v1/vector_stores?limit={StoresPerPage}{after}", cancellationToken);
            foreach (var store in page.GetProperty("data").EnumerateArray())
            {
                if (store.GetProperty("name").GetString() == StoreName)
                {
                    return store.GetProperty("id").GetString();
                }
            }

            if (!page.GetProperty("has_more").GetBoolean())
            {
                return null;
            }

            after = $"&after={page.GetProperty("last_id").GetString()}";
        }
    }

    private async Task<string> UploadAsync(SampleDocument document, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(Path.Combine(folder, document.Path));
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new StreamContent(stream), "file", Path.GetFileName(document.Path) },
        };
        using var response = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, cancellationToken);
        return await IdAsync(response, cancellationToken);
    }

    private async Task<string> WaitAsync(string store, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var counts = (await GetAsync($"/v1/vector_stores/{store}", cancellationToken)).GetProperty("file_counts");
            if (counts.GetProperty("in_progress").GetInt32() == 0 || Stopwatch.GetElapsedTime(begun) > _processingLimit)
            {
                return $"{counts.GetProperty("completed")} documents completed, {counts.GetProperty("failed")} failed, "
                    + $"{counts.GetProperty("in_progress")} in progress, in the store \"{StoreName}\" ({store}).";
            }

            await Task.Delay(_poll, cancellationToken);
        }
    }

    // In a trace that is not sampled: polling twice a second would only fill the list of traces.
    private async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(
            "traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    private static async Task<string> IdAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        var created = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return created.GetProperty("id").GetString()!;
    }

    private sealed record SampleDocument(string Path);
}
