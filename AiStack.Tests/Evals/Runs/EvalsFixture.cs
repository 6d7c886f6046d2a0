using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Evals;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Evals.Runs;

/// <summary>Evals, whole, on a real database of its own, with what Ingest and Retrieval publish to it.</summary>
public sealed class EvalsFixture : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private NpgsqlDataSource? _owner;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        await _postgres.MigrateAsync(
            ("gateway", Assembly.Load("AiStack.Gateway")),
            ("ingest", Assembly.Load("AiStack.Ingest")),
            ("serving", Assembly.Load("AiStack.Serving")));
        _owner = NpgsqlDataSource.Create(_postgres.ConnectionString);
        await using var connection = await _owner.OpenConnectionAsync();

        // The view by which Retrieval publishes, over a table that holds only what it shows.
        await connection.ExecuteAsync(
            $"""
            create schema retrieval;
            create table retrieval.given (id uuid, project_id uuid);
            create view retrieval.published_vector_store with (security_barrier) as
                select * from retrieval.given where project_id = ops.current_project();
            """, CancellationToken.None);
        RoleConnectionString = await _postgres.MigrateAsync(("evals", typeof(EvalsTelemetry).Assembly));
    }

    /// <summary>The service, which asks <paramref name="servingAddress"/>; failures are tried again soon.</summary>
    internal ServiceFactory<EvalsTelemetry> Start(
        string servingAddress, params (string Key, string Value)[] settings) => new(
        _postgres,
        [
            ("services:serving:http:0", servingAddress),
            ("Work:FirstRetry", "00:00:00.05"),
            ("Work:LongestRetry", "00:00:01"),
            .. settings,
        ]);

    public string ConnectionString => _postgres.ConnectionString;

    /// <summary>How Evals itself reaches the database: as a role that row-level security binds.</summary>
    public string RoleConnectionString { get; private set; } = "";

    /// <summary>Puts a file where Ingest would.</summary>
    internal async Task<Id<StoredFile>> UploadAsync(
        ServiceFactory<EvalsTelemetry> evals, Id<Project> project, string text, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var blobs = evals.Services.GetRequiredService<IBlobStore>();
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
        await connection.ExecuteAsync($"insert into retrieval.given values ({id}, {project})", cancellationToken);
        return id;
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
