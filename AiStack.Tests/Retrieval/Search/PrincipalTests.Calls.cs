using System.Net;
using System.Text.Json;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>What its tests ask and read.</summary>
public sealed partial class PrincipalTests
{
    private static string[] Names(int count, string name) =>
        [.. Enumerable.Range(0, count).Select(i => $"{name}{i}")];

    private async Task<(StoreCaller Admin, string Store)> StoreAsync(params (string Name, string Text)[] files)
    {
        var admin = fixture.NewCaller();
        return (admin, await admin.CreateStoreAsync(files));
    }

    private static async Task<List<string?>> NamesAsync(StoreCaller caller, string store) =>
    [
        .. (await caller.SearchAsync(store, new { query = "bonus" }))
            .Select(found => found.GetProperty("filename").GetString()).Order(StringComparer.Ordinal),
    ];

    private static async Task SetAsync(StoreCaller admin, string store, string name, params string[] principals)
    {
        var set = await admin.PostAsync(await PathAsync(admin, store, name), new { principals });
        Assert.Equal(
            principals.Order(StringComparer.Ordinal),
            set.GetProperty("principals").EnumerateArray().Select(each => each.GetString()));
    }

    private static async Task<string> PathAsync(StoreCaller admin, string store, string name) =>
        $"/v1/vector_stores/{store}/files/{await FileAsync(admin, store, name)}";

    private static async Task<string> FileAsync(StoreCaller admin, string store, string name)
    {
        var names = JsonDocument.Parse(
            await admin.Ingest.GetStringAsync(
                new Uri("/v1/files?limit=1000", UriKind.Relative), Cancellation)).RootElement;
        return names.GetProperty("data").EnumerateArray()
            .Single(file => file.GetProperty("filename").GetString() == name).GetProperty("id").GetString()!;
    }

    private static Task<HttpStatusCode> StatusAsync(StoreCaller caller, string path) =>
        StatusAsync(caller.Retrieval, path);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return response.StatusCode;
    }
}
