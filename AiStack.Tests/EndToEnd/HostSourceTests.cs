using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>A folder as a source of the whole stack: answers are in step with it, whatever dies meanwhile.</summary>
[Collection(DisturbedStack.Name)]
public sealed class HostSourceTests(HostStack own)
{
    private const int Files = 1_000;

    /// <summary>A killed worker's leases run out before another takes its work.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = own.Folder.CreateSubdirectory($"{Guid.CreateVersion7():N}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_of_a_folder_is_answered_from_changes_and_is_removed()
    {
        using var client = own.Stack.CreateClient();
        await WriteAsync("leave.md", "# Leave\n\nEmployees of Lindqvist have 31 days of leave a year.");
        var (store, _) = await CreateAsync(client, watch: true);
        const string Question = "How many days of leave do employees of Lindqvist have?";

        await Eventually.ReadAsync(() => AskAsync(client, store, Question), answer => Says(answer, "31"));
        await WriteAsync("leave.md", "# Leave\n\nEmployees of Lindqvist have 27 days of leave a year, since March.");
        await Eventually.ReadAsync(
            () => AskAsync(client, store, Question), answer => Says(answer, "27") && !Says(answer, "31"));
        File.Delete(Path.Combine(_folder.FullName, "leave.md"));
        await Eventually.ReadAsync(() => AskAsync(client, store, Question), answer => !Says(answer, "27"));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_run_Ingest_ends_it_with_each_file_once()
    {
        using var client = own.Stack.CreateClient();
        for (var n = 0; n < Files; n++)
        {
            await WriteAsync($"{n % 10}/{n}.txt", $"This is sentence number {n} of a folder.");
        }

        var (store, source) = await CreateAsync(client, watch: false);
        var run = $"/api/sources/{source}/runs";
        var id = (await PostAsync(client, run, new { })).GetProperty("id").GetString();
        await Eventually.ReadAsync(() => CountAsync(client, $"{run}/{id}", "added"), added => added >= 100, _patience);
        own.Stack.KillPart("ingest");

        var interrupted = await CountAsync(client, $"{run}/{id}", "found");
        await Eventually.ReadAsync(
            () => StatusAsync(client, $"{run}/{id}"), status => status is "completed" or "failed", _patience);

        Assert.True(interrupted < Files, "It was over before it was killed.");
        Assert.Equal(Files, await CountAsync(client, $"{run}/{id}", "added"));
        var again = (await PostAsync(client, run, new { })).GetProperty("id").GetString();
        await Eventually.ReadAsync(
            () => StatusAsync(client, $"{run}/{again}"), status => status == "completed", _patience);
        Assert.Equal(Files, await CountAsync(client, $"{run}/{again}", "unchanged"));
        var counts = await Eventually.ReadAsync(
            async () => (await GetAsync(client, $"/v1/vector_stores/{store}")).GetProperty("file_counts"),
            read => read.GetProperty("in_progress").GetInt32() == 0, _patience);
        Assert.Equal(Files, counts.GetProperty("completed").GetInt32());
        Assert.Equal(Files, counts.GetProperty("total").GetInt32());
    }

    private async Task<(string Store, string Source)> CreateAsync(HttpClient client, bool watch)
    {
        var made = await PostAsync(client, "/v1/vector_stores", new { name = "folder" });
        var store = made.GetProperty("id").GetString()!;
        var source = await PostAsync(client, "/api/sources", new
        {
            name = _folder.Name,
            kind = "folder",
            settings = new { path = _folder.FullName, watch },
            vector_store_id = store,
        });
        return (store, source.GetProperty("id").GetString()!);
    }

    private async Task WriteAsync(string path, string text)
    {
        var full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllTextAsync(full, text, Token);
    }

    private static bool Says(string answer, string word) => answer.Contains(word, StringComparison.Ordinal);

    private static async Task<string> AskAsync(HttpClient client, string store, string question)
    {
        var answer = await PostAsync(client, "/v1/responses", new
        {
            model = "default",
            input = question,
            tools = new[] { new { type = "file_search", vector_store_ids = new[] { store } } },
        });
        return answer.GetProperty("output").EnumerateArray().Last().GetProperty("content")[0].GetProperty("text")
            .GetString()!;
    }

    /// <summary>A count of a run; -1 while the service is away.</summary>
    private static async Task<int> CountAsync(HttpClient client, string run, string count)
    {
        using var response = await client.GetAsync(new Uri(run, UriKind.Relative), Token);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("counts").GetProperty(count)
                .GetInt32()
            : -1;
    }

    private static async Task<string?> StatusAsync(HttpClient client, string run)
    {
        using var response = await client.GetAsync(new Uri(run, UriKind.Relative), Token);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("status").GetString()
            : null;
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        await client.GetFromJsonAsync<JsonElement>(path, Token);

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, Token);
        var read = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {read}");
        return read;
    }
}
