using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>A project with one place as the source of one store.</summary>
internal sealed class SourceCaller(
    Id<Project> project, Place place, HttpClient ingest, HttpClient retrieval, CancellationToken cancellationToken)
{
    public Id<Project> Project => project;

    public Place Place => place;

    public string Store { get; private set; } = "";

    public string Source { get; private set; } = "";

    public HttpClient Ingest => ingest;

    public async Task BeginAsync()
    {
        Store = (string)(await SendAsync(retrieval, "POST", "/v1/vector_stores", new { name = "store" }))["id"]!;
        Source = await CreateAsync("place", new { name = place.Name });
    }

    public async Task<string> CreateAsync(string kind, object settings, string? schedule = null) =>
        (string)(await SendAsync("POST", "/api/sources", new
        {
            name = $"s-{Guid.CreateVersion7():N}", kind, settings, vector_store_id = Store, schedule,
        }))["id"]!;

    public Task<JsonNode> StartAsync(bool allowRemovals = false, bool dryRun = false) => SendAsync(
        "POST", $"/api/sources/{Source}/runs", new { allow_removals = allowRemovals, dry_run = dryRun });

    /// <summary>A run, to its end.</summary>
    public async Task<JsonNode> RunAsync(bool allowRemovals = false, bool dryRun = false) =>
        await EndedAsync((string)(await StartAsync(allowRemovals, dryRun))["id"]!);

    public Task<JsonNode> EndedAsync(string run) => Eventually.ReadAsync(
        () => GetRunAsync(run), read => (string?)read["status"] != "running");

    public Task<JsonNode> GetRunAsync(string run) => SendAsync("GET", $"/api/sources/{Source}/runs/{run}");

    /// <summary>A run that succeeds, and what became of the documents.</summary>
    public async Task<string> CountsAsync(bool allowRemovals = false)
    {
        var run = await RunAsync(allowRemovals);
        Assert.True((string?)run["status"] == "completed", run.ToJsonString());
        return Counts(run);
    }

    public static string Counts(JsonNode run) => string.Join(' ', run["counts"]!.AsObject()
        .Where(pair => (int)pair.Value! != 0).Select(pair => $"{pair.Key}:{pair.Value}"));

    /// <summary>Waits until everything that was begun has ended, and what it left is cleared.</summary>
    public Task SettledAsync() => Eventually.ReadAsync(
        async () => (await StoreFilesAsync()).Count(file => (string?)file["status"] == "in_progress"),
        left => left == 0);

    public async Task<List<JsonNode>> StoreFilesAsync() =>
        List(await SendAsync(retrieval, "GET", $"/v1/vector_stores/{Store}/files?limit=100"));

    /// <summary>The names of the files in which the words are found, in their order.</summary>
    public async Task<string> SearchAsync(string words)
    {
        var found = await SendAsync(
            retrieval, "POST", $"/v1/vector_stores/{Store}/search", new { query = words, max_num_results = 20 });
        return string.Join(' ', found["data"]!.AsArray()
            .Where(one => one!["content"]![0]!["text"]!.ToString().Contains(words, StringComparison.Ordinal))
            .Select(one => (string)one!["filename"]!).Order(StringComparer.Ordinal));
    }

    /// <summary>Which of the words stand in what is found by one search.</summary>
    public async Task<string> WordsAsync(string query, params string[] words)
    {
        var found = await SendAsync(
            retrieval, "POST", $"/v1/vector_stores/{Store}/search", new { query, max_num_results = 20 });
        var texts = found["data"]!.ToJsonString();
        return string.Join(' ', words.Where(word => texts.Contains(word, StringComparison.Ordinal)));
    }

    /// <summary>Searches until what is found is this.</summary>
    public Task FoundAsync(string words, string names) =>
        Eventually.ReadAsync(() => SearchAsync(words), found => found == names);

    public async Task<List<JsonNode>> ItemsAsync(string? filter = null) => List(await SendAsync(
        "GET", $"/api/sources/{Source}/items?limit=100{(filter is null ? "" : $"&filter={filter}")}"));

    public async Task<string?> FileOfAsync(string item) =>
        (string?)(await ItemsAsync()).Single(one => (string?)one["id"] == item)["file_id"];

    public async Task<string?> ProblemOfAsync(string item) =>
        (string?)(await ItemsAsync()).Single(one => (string?)one["id"] == item)["problem"];

    /// <summary>Whom a file of the store is for, as JSON, by its document.</summary>
    public async Task<string> PrincipalsAsync(string item)
    {
        var file = await FileOfAsync(item);
        return (await StoreFilesAsync()).Single(one => (string?)one["id"] == file)["principals"]?.ToJsonString()
            ?? "null";
    }

    public async Task<List<string>> FilesAsync() =>
    [
        .. (await SendAsync("GET", "/v1/files"))["data"]!.AsArray().Select(file => (string)file!["filename"]!)
            .Order(StringComparer.Ordinal),
    ];

    public Task<JsonNode> SendAsync(string method, string path, object? body = null) =>
        SendAsync(ingest, method, path, body);

    public Task<JsonNode> SendToRetrievalAsync(string method, string path, object? body = null) =>
        SendAsync(retrieval, method, path, body);

    /// <summary>A request that is refused: its status, the field, and the message.</summary>
    public async Task<(int Status, string? Field, string Message)> RefusedAsync(
        string method, string path, object? body = null)
    {
        using var response = await AskAsync(ingest, method, path, body);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.False(response.IsSuccessStatusCode, text);
        var problem = JsonNode.Parse(text)!;
        return ((int)response.StatusCode, (string?)problem["parameter"], (string)problem["detail"]!);
    }

    private static List<JsonNode> List(JsonNode page) => [.. page["data"]!.AsArray().OfType<JsonNode>()];

    private async Task<JsonNode> SendAsync(HttpClient client, string method, string path, object? body = null)
    {
        using var response = await AskAsync(client, method, path, body);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpClient client, string method, string path, object? body)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await client.SendAsync(request, cancellationToken);
    }
}
