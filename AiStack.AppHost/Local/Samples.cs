using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiStack.AppHost.Local;

/// <summary>Loads the sample documents through the public API, as any client would.</summary>
internal sealed class Samples(RunContext run, HttpClient client, string folder)
{
    private const string StoreName = "samples";
    private const int StoresPerPage = 100;
    private static readonly TimeSpan _processingLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Loads them unless a store of that name is there already. A failure is told, and ends nothing.</summary>
    public static async Task LoadAsync(RunContext run, ReadyStack ready, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(ready.Api) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ready.Key);
        try
        {
            await new Samples(run, client, Path.Combine(Repository.Root, "samples")).LoadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            run.Terminal.Warn($"The samples were not loaded: {exception.Message}");
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var stores = await GetAsync($"/v1/vector_stores?limit={StoresPerPage}", cancellationToken);
        var names = stores.GetProperty("data").EnumerateArray().Select(store => store.GetProperty("name").GetString());
        if (names.Contains(StoreName))
        {
            run.Terminal.Say($"The samples are there already, in the store \"{StoreName}\".");
            return;
        }

        await using var manifest = File.OpenRead(Path.Combine(folder, "manifest.json"));
        var documents = await JsonSerializer.DeserializeAsync<List<SampleDocument>>(
            manifest, JsonSerializerOptions.Web, cancellationToken) ?? [];
        run.Terminal.Say($"Loading {documents.Count} sample documents.");

        List<string> files = [];
        foreach (var document in documents)
        {
            files.Add(await UploadAsync(document, cancellationToken));
        }

        // The store comes last: an interrupted load is begun again, not taken for done.
        using var response = await client.PostAsJsonAsync(
            "/v1/vector_stores", new { name = StoreName, file_ids = files }, cancellationToken);
        await WaitAsync(await IdAsync(response, cancellationToken), cancellationToken);
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

    private async Task WaitAsync(string store, CancellationToken cancellationToken)
    {
        var begun = run.Time.GetTimestamp();
        while (true)
        {
            var counts = (await GetAsync($"/v1/vector_stores/{store}", cancellationToken)).GetProperty("file_counts");
            if (counts.GetProperty("in_progress").GetInt32() == 0 || run.Time.GetElapsedTime(begun) > _processingLimit)
            {
                run.Terminal.Say(
                    $"Samples: {counts.GetProperty("completed")} completed, {counts.GetProperty("failed")} failed, "
                    + $"{counts.GetProperty("in_progress")} in progress, in the store \"{StoreName}\" ({store}).");
                return;
            }

            await Task.Delay(_poll, run.Time, cancellationToken);
        }
    }

    private Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        client.GetFromJsonAsync<JsonElement>(path, cancellationToken);

    private static async Task<string> IdAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        var created = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return created.GetProperty("id").GetString()!;
    }

    private sealed record SampleDocument(string Path);
}
