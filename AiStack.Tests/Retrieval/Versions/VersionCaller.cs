using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace AiStack.Tests.Retrieval.Versions;

/// <summary>What tests of versions ask of a store.</summary>
internal static class VersionCaller
{
    public static async Task<string> SnapshotAsync(this StoreCaller caller, string store, string name = "kept") =>
        (await caller.PostAsync($"/api/vector_stores/{store}/snapshots", new { name })).GetProperty("id").GetString()!;

    public static Task<JsonElement> RollBackAsync(
        this StoreCaller caller, string store, string snapshot, string reason = "It was better.") =>
        caller.PostAsync($"/api/vector_stores/{store}/rollback", new { snapshot_id = snapshot, reason });

    public static async Task<string> AddAsync(this StoreCaller caller, string store, string filename, string text)
    {
        var file = await caller.UploadAsync(filename, text);
        await caller.PostAsync($"/v1/vector_stores/{store}/files", new { file_id = file });
        await caller.CompletedAsync(store);
        return file;
    }

    /// <summary>What a search finds, with all that it says of it but the store.</summary>
    public static async Task<string> FoundAsync(this StoreCaller caller, string store, string query)
    {
        var found = await caller.SearchAsync(store, new { query, max_num_results = 20 });
        return string.Join('\n', found.Select(each =>
            $"{each.GetProperty("file_id")} {each.GetProperty("score")} {each.GetProperty("content")} "
            + $"{each.GetProperty("attributes")}"));
    }

    public static async Task<List<JsonElement>> ListAsync(this StoreCaller caller, string path) =>
        [.. (await caller.GetAsync(path)).GetProperty("data").EnumerateArray()];

    public static async Task<(int Status, string Body)> TryAsync(
        this StoreCaller caller, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var response = await caller.Retrieval.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(
            TestContext.Current.CancellationToken));
    }
}
