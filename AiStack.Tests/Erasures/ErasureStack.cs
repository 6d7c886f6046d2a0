using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.Evals;
using AiStack.Gateway;
using AiStack.Ingest;
using AiStack.Retrieval;
using AiStack.Serving.Engines;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Ingest;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Erasures;

/// <summary>All services that keep something of people, on one database and one folder of blobs.</summary>
public sealed class ErasureStack : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _services = [];
    private ServiceFactory<IngestTelemetry> _ingest = null!;
    private ServiceFactory<RetrievalTelemetry> _retrieval = null!;

    internal PostgresFixture Postgres { get; } = new();

    /// <summary>The database as its owner has it, who sees the rows of all projects.</summary>
    internal NpgsqlDataSource Owner { get; private set; } = null!;

    internal IServiceProvider Ingest => _ingest.Services;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        Owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(Postgres.ConnectionString) { CommandTimeout = 300 }.ConnectionString);
        (string, string)[] quick = [("Work:Poll", "00:00:00.1"), ("Work:FirstRetry", "00:00:00.05")];
        _ingest = Start<IngestTelemetry>([("Ingest:Ocr:Engine", "off"), .. quick]);
        _retrieval = Start<RetrievalTelemetry>([("Retrieval:Embedder:Kind", "builtin"), .. quick]);
        Start<EngineCatalog>([("Serving:Engine", "extractive"), .. quick]);
        Start<EvalsTelemetry>([("services:serving:http:0", Ports.Closed), .. quick]);
        Start<GatewayTelemetry>(quick);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await (Owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Postgres.DisposeAsync();
    }

    internal ErasureProject NewProject() => NewProject(PostgresFixture.NewProject());

    internal ErasureProject NewProject(Id<Project> id) =>
        new(this, id, _ingest.CreateClient(id), _retrieval.CreateClient(id));

    /// <summary>Where a word is: tables, and files of the blob store.</summary>
    internal async Task<List<string>> FindAsync(string word)
    {
        var found = new List<string>();
        var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word));
        foreach (var table in await TablesAsync())
        {
            var sql = $"select count(*) from {table} t where t::text ilike '%{word}%' or t::text like '%{hex}%'";
            if (await ScalarAsync<long>(sql) > 0)
            {
                found.Add(table);
            }
        }

        found.AddRange(Directory.EnumerateFiles(_ingest.BlobFolder, "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains(word, StringComparison.OrdinalIgnoreCase))
            .Select(file => $"blob {Path.GetFileName(file)}"));
        return found;
    }

    /// <summary>Every table of every schema of ours.</summary>
    internal async Task<List<string>> TablesAsync()
    {
        await using var command = Owner.CreateCommand(
            """
            select schemaname || '.' || tablename
            from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
            order by 1
            """);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var tables = new List<string>();
        while (await reader.ReadAsync(Token))
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    internal async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Owner.CreateCommand(sql);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    internal async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Owner.CreateCommand(sql);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        await command.ExecuteNonQueryAsync(Token);
    }

    private ServiceFactory<T> Start<T>((string Key, string Value)[] settings)
        where T : class
    {
        var service = new ServiceFactory<T>(Postgres, settings);
        _services.Add(service);
        _ = service.Services; // Its workers start with it.
        return service;
    }
}

/// <summary>One project's erasures, files and stores.</summary>
internal sealed class ErasureProject(ErasureStack stack, Id<Project> id, HttpClient ingest, HttpClient retrieval)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Id<Project> Id => id;

    public HttpClient Ingest => ingest;

    public HttpClient Retrieval => retrieval;

    public Task<Id<StoredFile>> UploadAsync(string name, string text) =>
        IngestStack.UploadAsync(ingest, Encoding.UTF8.GetBytes(text), name);

    /// <summary>A store in which the files can be found.</summary>
    public async Task<string> StoreAsync(params Id<StoredFile>[] files)
    {
        var made = await PostAsync(retrieval, "/v1/vector_stores", new { name = "store", file_ids = files });
        var path = $"/v1/vector_stores/{made["id"]}";
        await Eventually.ReadAsync(
            async () => JsonNode.Parse(await retrieval.GetStringAsync(path, Token))!,
            read => (int)read["file_counts"]!["completed"]! == files.Length);
        return (string)made["id"]!;
    }

    public Task<JsonNode> SearchAsync(string store, string query) =>
        PostAsync(retrieval, $"/v1/vector_stores/{store}/search", new { query });

    /// <summary>Begins an erasure, and waits for its end.</summary>
    public async Task<JsonNode> EraseAsync(object request)
    {
        var erasure = await PostAsync(ingest, "/api/erasures", request);
        return await EndAsync((string)erasure["id"]!);
    }

    public Task<JsonNode> EndAsync(string erasure) => Eventually.ReadAsync(
        () => GetAsync($"/api/erasures/{erasure}"), read => (string)read["status"]! != "running");

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await ingest.GetStringAsync(path, Token))!;

    public Task<JsonNode> PostAsync(string path, object body) => PostAsync(ingest, path, body);

    public async Task<(int Status, JsonNode Body)> TryAsync(string path, object body)
    {
        using var response = await ingest.PostAsJsonAsync(path, body, Token);
        return ((int)response.StatusCode, await IngestStack.ReadAsync(response));
    }

    /// <summary>How much of a kind an erasure found.</summary>
    public static long Count(JsonNode erasure, string kind, string outcome = "erased") =>
        erasure["counts"]!.AsArray().Where(count => (string)count!["kind"]! == kind)
            .Sum(count => (long)count![outcome]!);

    /// <summary>A completion that said something, and for whom.</summary>
    public async Task<Guid> CompleteAsync(string words, string? user = null, string? file = null, int daysAgo = 0)
    {
        var answer = Guid.CreateVersion7();
        var response = JsonSerializer.Serialize(new
        {
            output = new[] { new { id = $"msg_{Guid.CreateVersion7():N}", text = words, file_id = file } },
        });
        await stack.ExecuteAsync(
            """
            insert into serving.completion (
                id, project_id, api, model, engine, status, refused, question_sha256, answer_sha256, input_tokens,
                output_tokens, duration_seconds, vector_store_ids, retrieved, citations, created_at, question, answer,
                input, response, end_user, cost, currency)
            values ($1, $2, 'responses', 'default', 'extractive', 'completed', false, sha256('q'), sha256('a'), 7, 9, 1,
                    '{}', '[]', '[]', now() - make_interval(days => $3), $4, $4, '[]', $5::jsonb, $6, 0.5, 'USD')
            """,
            answer, id.Value, daysAgo, words, response, (object?)user ?? DBNull.Value);
        return answer;
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, Token);
        var read = await IngestStack.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {read}");
        return read;
    }
}
