using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiStack.AppHost.Local;

/// <summary>Loads the sample documents through the public API, as any client would.</summary>
internal static class Samples
{
    private const string StoreName = "samples";
    private const int StoresPerPage = 100;

    /// <summary>Loads them unless a store of that name is there already.</summary>
    public static async Task LoadAsync(RunContext run, ReadyStack ready, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(
            Path.GetDirectoryName(Path.GetDirectoryName(new Projects.AiStack_AppHost().ProjectPath))!, "samples");
        var manifest = Path.Combine(folder, "manifest.json");
        if (!File.Exists(manifest))
        {
            run.Terminal.Warn($"There are no samples: {manifest} does not exist.");
            return;
        }

        using var client = new HttpClient { BaseAddress = new Uri(ready.Api) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ready.Key);
        try
        {
            await LoadAsync(run, client, folder, manifest, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            run.Terminal.Warn($"The samples were not loaded: {exception.Message}");
        }
    }

    private static async Task LoadAsync(
        RunContext run, HttpClient client, string folder, string manifest, CancellationToken cancellationToken)
    {
        var stores = await client.GetFromJsonAsync<JsonElement>(
            $"/v1/vector_stores?limit={StoresPerPage}", cancellationToken);
        var names = stores.GetProperty("data").EnumerateArray().Select(store => store.GetProperty("name").GetString());
        if (names.Contains(StoreName))
        {
            run.Terminal.Say("The samples are there already.");
            return;
        }

        List<string> files = [];
        foreach (var document in Documents(await File.ReadAllTextAsync(manifest, cancellationToken)))
        {
            files.Add(await UploadAsync(client, Path.Combine(folder, document), cancellationToken));
            run.Terminal.Say($"Uploaded {document}.");
        }

        await PostAsync(client, "/v1/vector_stores", new { name = StoreName, file_ids = files }, cancellationToken);
        run.Terminal.Say($"Loaded {files.Count} sample documents into the store \"{StoreName}\".");
    }

    private static List<string> Documents(string manifest) =>
    [
        .. JsonSerializer.Deserialize<JsonElement>(manifest).EnumerateArray()
            .Select(document => document.GetProperty("path").GetString()!),
    ];

    private static async Task<string> UploadAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new StreamContent(stream), "file", Path.GetFileName(path) },
        };
        using var response = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, cancellationToken);
        return await IdAsync(response, cancellationToken);
    }

    private static async Task PostAsync(
        HttpClient client, string path, object body, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync(path, body, cancellationToken);
        await IdAsync(response, cancellationToken);
    }

    private static async Task<string> IdAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        var created = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return created.GetProperty("id").GetString()!;
    }
}
