using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest;
using AiStack.Retrieval;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Retrieval;

/// <summary>Retrieval and Ingest, whole, on one database.</summary>
public sealed class RetrievalFixture : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private ServiceFactory<IngestTelemetry>? _ingest;

    internal ServiceFactory<RetrievalTelemetry> Retrieval { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _ingest = new(_postgres);
        _ = _ingest.Services; // Its workers start with it.
        Retrieval = StartRetrieval();
    }

    /// <summary>
    /// Another process's worth of Retrieval on the same database. Its vectors are there with the words, unless the
    /// settings say otherwise: where they follow is tested by itself.
    /// </summary>
    internal ServiceFactory<RetrievalTelemetry> StartRetrieval(params (string Key, string Value)[] settings) =>
        new(_postgres, [("Retrieval:Embedder:Kind", "builtin"), .. settings]);

    /// <summary>How Retrieval reaches the database.</summary>
    internal string ConnectionString => _postgres.ConnectionStringOf(typeof(RetrievalTelemetry).Assembly);

    /// <summary>How the database's owner does.</summary>
    internal string OwnerConnectionString => _postgres.ConnectionString;

    /// <summary>A project of its own, as its two services know it.</summary>
    internal StoreCaller NewCaller(Id<Project>? project = null) => NewCaller(Retrieval, project);

    internal StoreCaller NewCaller(ServiceFactory<RetrievalTelemetry> retrieval, Id<Project>? project = null)
    {
        var id = project ?? PostgresFixture.NewProject();
        return new(id, _ingest!.CreateClient(id), retrieval.CreateClient(id), TestContext.Current.CancellationToken);
    }

    /// <summary>One who asks in a project for these principals, with these scopes or all.</summary>
    internal StoreCaller CallerFor(
        Id<Project> project, IReadOnlyList<string>? principals, ServiceFactory<RetrievalTelemetry>? retrieval = null,
        params string[] scopes)
    {
        var granted = scopes.Length == 0 ? [Scopes.Admin] : scopes;
        var caller = new Caller(Id<Organisation>.New(), project, Id<ApiKey>.New(), granted.ToHashSet())
        {
            Principals = principals?.ToHashSet(),
        };
        var again = caller with { OrganisationId = Id<Organisation>.New(), KeyId = Id<ApiKey>.New() };
        return new(
            project, _ingest!.CreateClient(caller), (retrieval ?? Retrieval).CreateClient(again),
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await (Retrieval?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_ingest?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _postgres.DisposeAsync();
    }
}

/// <summary>One project's files and stores.</summary>
internal sealed class StoreCaller(
    Id<Project> project, HttpClient ingest, HttpClient retrieval, CancellationToken cancellationToken)
{
    public Id<Project> Project => project;

    public HttpClient Retrieval => retrieval;

    public HttpClient Ingest => ingest;

    public Task<string> UploadAsync(string filename, string text) =>
        UploadAsync(filename, Encoding.UTF8.GetBytes(text));

    public async Task<string> UploadAsync(string filename, byte[] bytes)
    {
        using var form = new MultipartFormDataContent();
        using var purpose = new StringContent("assistants");
        using var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(purpose, "purpose");
        form.Add(file, "file", filename);
        using var response = await ingest.PostAsync(new Uri("/v1/files", UriKind.Relative), form, cancellationToken);
        return (await ReadAsync(response)).GetProperty("id").GetString()!;
    }

    public async Task DeleteFileAsync(string file)
    {
        using var response = await ingest.DeleteAsync(
            new Uri($"/v1/files/{file}", UriKind.Relative), cancellationToken);
        await ReadAsync(response);
    }

    /// <summary>A store with these files, all of them processed.</summary>
    public async Task<string> CreateStoreAsync(params (string Filename, string Text)[] files)
    {
        var ids = new List<string>();
        foreach (var (filename, text) in files)
        {
            ids.Add(await UploadAsync(filename, text));
        }

        var store = (await PostAsync("/v1/vector_stores", new { name = "a store", file_ids = ids }))
            .GetProperty("id").GetString()!;
        await CompletedAsync(store);
        return store;
    }

    public Task<JsonElement> CompletedAsync(string store) => Eventually.ReadAsync(
        () => GetAsync($"/v1/vector_stores/{store}"), found => found.GetProperty("status").GetString() == "completed");

    public async Task<List<JsonElement>> SearchAsync(string store, object request)
    {
        var page = await PostAsync($"/v1/vector_stores/{store}/search", request);
        return [.. page.GetProperty("data").EnumerateArray()];
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await retrieval.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> DeleteAsync(string path)
    {
        using var response = await retrieval.DeleteAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> PostAsync(string path, object request)
    {
        using var response = await retrieval.PostAsJsonAsync(path, request, cancellationToken);
        return await ReadAsync(response);
    }

    /// <summary>A request that is refused: its status, and OpenAI's error object.</summary>
    public async Task<(int Status, string? Param, string Message)> RefusedAsync(string path, object request)
    {
        // As it is written: half a character has no other form.
        using HttpContent content = request is JsonElement json
            ? new StringContent(json.GetRawText(), Encoding.UTF8, "application/json")
            : JsonContent.Create(request);
        using var response = await retrieval.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.False(response.IsSuccessStatusCode, body);
        var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
        return (
            (int)response.StatusCode,
            error.GetProperty("param").GetString(),
            error.GetProperty("message").GetString()!);
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }
}
