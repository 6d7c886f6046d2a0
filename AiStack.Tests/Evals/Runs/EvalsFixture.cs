using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Evals;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Evals.Runs;

/// <summary>
/// Evals, whole, on a real database of its own, with what Ingest and Retrieval publish to it, and a Serving that
/// answers each project as its test says.
/// </summary>
public sealed class EvalsFixture : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly (string Key, string Value)[] _settings;
    private NpgsqlDataSource? _owner;
    private ServiceFactory<EvalsTelemetry>? _service;

    public EvalsFixture() => _settings = [];

    private EvalsFixture((string Key, string Value)[] settings) => _settings = settings;

    internal ScriptedServing Serving { get; private set; } = null!;

    /// <summary>The service that all tests of a class share; it starts when the first of them asks for it.</summary>
    internal ServiceFactory<EvalsTelemetry> Service => _service ??= new(
        _postgres,
        [
            ("services:serving:http:0", Serving.Address),
            ("Work:FirstRetry", "00:00:00.05"),
            ("Work:LongestRetry", "00:00:01"),
            .. _settings,
        ]);

    /// <summary>How the database's owner reaches it, who sees all projects' rows.</summary>
    public string OwnerConnectionString => _postgres.ConnectionString;

    /// <summary>How Evals itself reaches the database: as a role that row-level security binds.</summary>
    public string RoleConnectionString => _postgres.ConnectionStringOf(typeof(EvalsTelemetry).Assembly);

    /// <summary>Another Evals on the same database, with settings of its own, for tests that give it no work.</summary>
    internal ServiceFactory<EvalsTelemetry> StartAnother(params (string Key, string Value)[] settings) =>
        new(_postgres, [("services:serving:http:0", Ports.Closed), .. settings]);

    /// <summary>
    /// For the test that needs settings of its own: on one database two services would take each other's work.
    /// </summary>
    internal static async Task<EvalsFixture> StartAsync(params (string Key, string Value)[] settings)
    {
        var fixture = new EvalsFixture(settings);
        await fixture.InitializeAsync();
        return fixture;
    }

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        Serving = await ScriptedServing.StartAsync();
        _owner = NpgsqlDataSource.Create(_postgres.ConnectionString);
    }

    /// <summary>Puts a key where the Gateway would.</summary>
    internal void AddKey(Caller caller) => _postgres.AddKey(caller);

    /// <summary>Revokes every key of a project.</summary>
    internal async Task RevokeKeysAsync(Id<Project> project, CancellationToken cancellationToken)
    {
        await using var connection = await _owner!.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"update gateway.api_key set revoked_at = now() where project_id = {project}", cancellationToken);
    }

    /// <summary>Puts a file where Ingest would.</summary>
    internal async Task<Id<StoredFile>> UploadAsync(
        Id<Project> project, string text, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var blobs = Service.Services.GetRequiredService<IBlobStore>();
        using var content = new MemoryStream(bytes);
        var stored = await blobs.PutAsync(content, bytes.Length, cancellationToken);
        Assert.True(stored.TryGet(out var blob, out _));

        var id = Id<StoredFile>.New();
        await using var connection = await _owner!.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"""
            insert into ingest.file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)
            values ({id}, {project}, 'questions.jsonl', 'evals', 'application/jsonl', {blob.Id.ToArray()},
                    {blob.SizeBytes}, now())
            """, cancellationToken);
        return id;
    }

    /// <summary>Creates a vector store where Retrieval would.</summary>
    internal async Task<Id<VectorStore>> CreateStoreAsync(Id<Project> project, CancellationToken cancellationToken)
    {
        var id = Id<VectorStore>.New();
        await using var connection = await _owner!.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync($"""
            insert into retrieval.vector_store (id, project_id, name, created_at, last_active_at)
            values ({id}, {project}, 'given', now(), now())
            """, cancellationToken);
        return id;
    }

    /// <summary>Puts a file into a store for one principal, where Retrieval would.</summary>
    internal async Task RestrictAsync(
        Id<Project> project, Id<StoredFile> file, string principal, CancellationToken cancellationToken)
    {
        var store = await CreateStoreAsync(project, cancellationToken);
        await using var connection = await _owner!.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.store_file (
                vector_store_id, file_id, project_id, state, max_chunk_tokens, overlap_tokens, attributes, principals,
                created_at)
            values ({store}, {file}, {project}, 'in_progress', 800, 400, {"{}"}::jsonb, {new[] { principal }},
                    now())
            """, cancellationToken);
    }

    /// <summary>Records an answer where Serving would.</summary>
    internal async Task AnswerAsync(Id<Project> project, Guid id, string api, CancellationToken cancellationToken)
    {
        await using var connection = await _owner!.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"""
            insert into serving.completion (
                id, project_id, api, model, engine, status, refused, question_sha256, answer_sha256, input_tokens,
                output_tokens, duration_seconds, vector_store_ids, retrieved, citations, created_at)
            values ({id}, {project}, {api}, 'default', 'extractive', 'completed', false, {new byte[32]}, {new byte[32]},
                    1, 1, 0.1, {Array.Empty<string>()}, '[]', '[]', now())
            """, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await (_service?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Serving?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _postgres.DisposeAsync();
    }
}

/// <summary>One project's view of the evals API.</summary>
internal sealed class EvalsCaller(HttpClient http, CancellationToken cancellationToken)
{
    public static readonly object[] Criteria =
    [
        new { type = "source_cited", name = "right source" },
        new { type = "refusal", name = "refusal" },
    ];

    public HttpClient Http => http;

    public async Task<string> CreateEvalAsync(object[]? criteria = null)
    {
        using var response = await http.PostAsJsonAsync("/v1/evals", EvalRequest(criteria), cancellationToken);
        return (await ReadAsync(response)).GetProperty("id").GetString()!;
    }

    public static object EvalRequest(object[]? criteria = null) => new
    {
        name = "handbook",
        data_source_config = new { type = "custom", item_schema = new { type = "object" } },
        testing_criteria = criteria ?? Criteria,
    };

    public static object RunRequest(Id<VectorStore> store, object source) => new
    {
        name = "a run",
        data_source = new
        {
            type = "responses",
            source,
            model = "default",
            sampling_params = new
            {
                tools = new[] { new { type = "file_search", vector_store_ids = new[] { store.ToString() } } },
            },
        },
    };

    public Task<string> CreateRunAsync(string eval, Id<VectorStore> store, Id<StoredFile> file) =>
        CreateRunAsync(eval, RunRequest(store, new { type = "file_id", id = file.ToString() }));

    public async Task<string> CreateRunAsync(string eval, object request)
    {
        using var response = await http.PostAsJsonAsync($"/v1/evals/{eval}/runs", request, cancellationToken);
        return (await ReadAsync(response)).GetProperty("id").GetString()!;
    }

    public Task<JsonElement> WaitAsync(string eval, string run) => Eventually.ReadAsync(
        () => GetAsync($"/v1/evals/{eval}/runs/{run}"),
        until: read => read.GetProperty("status").GetString() is "completed" or "failed" or "canceled");

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }
}
