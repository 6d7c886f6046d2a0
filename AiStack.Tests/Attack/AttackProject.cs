using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Attack;

/// <summary>A project with one of everything that can be named, and keys of every kind.</summary>
internal sealed class AttackProject : IDisposable
{
    private readonly HttpClient _admin;
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly CancellationToken _cancellationToken;

    private AttackProject(Uri api, string key, string secret, CancellationToken cancellationToken)
    {
        (AdminKey, Secret, _cancellationToken) = (key, secret, cancellationToken);
        _admin = new HttpClient { BaseAddress = api };
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string AdminKey { get; }

    /// <summary>A word that stands in the project's documents and nowhere else.</summary>
    public string Secret { get; }

    /// <summary>Keys that have one scope each.</summary>
    public Dictionary<string, string> KeyOf { get; } = new(StringComparer.Ordinal);

    /// <summary>A key that may do everything, but for having been revoked.</summary>
    public string RevokedKey { get; private set; } = "";

    /// <summary>The id of what there is one of.</summary>
    public string IdOf(string kind) => kind == "new" ? $"attack-{Guid.CreateVersion7():N}" : _ids[kind];

    /// <summary>The ids, and the word, that no one else may ever be told.</summary>
    public IEnumerable<string> Hidden => _ids.Values.Append(Secret);

    public static async Task<AttackProject> MakeAsync(Uri api, string admin, CancellationToken cancellationToken)
    {
        var secret = $"zw{Guid.CreateVersion7():N}";
        using var client = new HttpClient { BaseAddress = api };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        using var made = await client.PostAsJsonAsync(
            "/api/projects", new { name = $"attack-{secret}" }, cancellationToken);
        made.EnsureSuccessStatusCode();
        var read = await made.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        var key = read.GetProperty("secret").GetString()!;
        var project = new AttackProject(api, key, secret, cancellationToken);
        await project.FillAsync();
        return project;
    }

    public void Dispose() => _admin.Dispose();

    private async Task FillAsync()
    {
        foreach (var scope in Scopes.All)
        {
            KeyOf[scope] = (await PostAsync("/api/keys", new { name = scope, scopes = new[] { scope } }))
                .GetProperty("secret").GetString()!;
        }

        var revoked = await PostAsync("/api/keys", new { name = "revoked", scopes = new[] { "admin" } });
        RevokedKey = revoked.GetProperty("secret").GetString()!;
        (await _admin.DeleteAsync($"/api/keys/{revoked.GetProperty("key").GetProperty("id").GetString()}"))
            .EnsureSuccessStatusCode();
        var other = await PostAsync("/api/keys", new { name = "named", scopes = new[] { "admin" } });
        _ids["key"] = other.GetProperty("key").GetProperty("id").GetString()!;

        await KeepAsync("file", UploadAsync("secret.txt", $"The secret word is {Secret}. It is a secret."));
        const string Questions = """{"question":"What is the secret word?","filename":"secret.txt"}""";
        await KeepAsync("questions", UploadAsync("questions.jsonl", Questions));
        await KeepAsync(
            "store", PostAsync("/v1/vector_stores", new { name = Secret, file_ids = new[] { _ids["file"] } }));
        await KeepAsync("batch", PostAsync(
            $"/v1/vector_stores/{_ids["store"]}/file_batches", new { file_ids = new[] { _ids["file"] } }));
        await Eventually.ReadAsync(
            () => GetAsync($"/v1/vector_stores/{_ids["store"]}"),
            store => store.GetProperty("file_counts").GetProperty("completed").GetInt32() == 1);
        await KeepQualityRunAsync();
        await UploadInPartsAsync();
        await KeepAsync("response", PostAsync("/v1/responses", new
        {
            model = "default",
            input = "What is the secret word?",
            tools = new[] { new { type = "file_search", vector_store_ids = new[] { _ids["store"] } } },
        }));
        _ids["answered"] = (await GetAsync($"/v1/responses/{_ids["response"]}"))
            .GetProperty("output").EnumerateArray().Last().GetProperty("id").GetString()!;
        await KeepAsync("chat", PostAsync("/v1/chat/completions", new
        {
            model = "default",
            store = true,
            messages = new[] { new { role = "user", content = "What is the secret word?" } },
            vector_store_ids = new[] { _ids["store"] },
        }));
        await KeepAsync("lot", PostAsync("/v1/batches", new
        {
            input_file_id = _ids["questions"], endpoint = "/v1/responses", completion_window = "24h",
        }));
        await KeepAsync("background", PostAsync("/v1/responses", new
        {
            model = "default",
            background = true,
            input = "What is the secret word?",
            tools = new[] { new { type = "file_search", vector_store_ids = new[] { _ids["store"] } } },
        }));
        await KeepAsync("conversation", PostAsync("/v1/conversations", new
        {
            metadata = new { name = Secret },
            items = new[] { new { role = "user", content = $"The word is {Secret}." } },
        }));
        var said = await GetAsync($"/v1/conversations/{_ids["conversation"]}/items");
        _ids["said"] = said.GetProperty("data")[0].GetProperty("id").GetString()!;
        await KeepAsync("empty", PostAsync("/v1/conversations", new { }));
        await KeepAsync("feedback", PostAsync("/api/feedback", new { response_id = _ids["response"], verdict = "up" }));
        await KeepAsync("budget", PostAsync("/api/budgets", new
        {
            name = Secret,
            subject = new { type = "project" },
            limit = new { unit = "requests", amount = 1_000_000 },
            window = new { type = "day" },
        }));
        await KeepAsync("tools", PostAsync("/api/mcp-servers", new
        {
            label = "tools", url = "https://mcp.example/mcp", description = Secret, authorization = Secret,
        }));
        await KeepAsync("snapshot", PostAsync(
            $"/api/vector_stores/{_ids["store"]}/snapshots", new { name = Secret }));
        await KeepAsync("hold", PostAsync("/api/legal-holds", new
        {
            subject = "end_user", user = Secret, reason = Secret,
        }));
        await KeepAsync("erasure", PostAsync("/api/erasures", new
        {
            by = "end_user", user = "nobody", reason = Secret,
        }));
        await Eventually.ReadAsync(
            () => GetAsync($"/api/erasures/{_ids["erasure"]}"),
            erasure => erasure.GetProperty("status").GetString() == "completed");
        await KeepSourceAsync();
        await RegisterAsync();
        await EvaluateAsync();
    }

    private async Task KeepQualityRunAsync()
    {
        var store = $"/v1/vector_stores/{_ids["store"]}";
        var quality = $"/api/vector_stores/{_ids["store"]}/quality";
        var expected = new { type = "text_length", severity = "warn", parameters = new { min = 1 } };
        using var set = await _admin.PutAsJsonAsync(quality, new { expectations = new[] { expected } });
        set.EnsureSuccessStatusCode();
        var judged = (await UploadAsync("judged.txt", $"Of {Secret} nothing is held.")).GetProperty("id").GetString();
        await PostAsync($"{store}/files", new { file_id = judged });
        var runs = await Eventually.ReadAsync(
            () => GetAsync($"{quality}/runs"), read => read.GetProperty("data").GetArrayLength() == 1);
        _ids["judging"] = runs.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    private async Task KeepSourceAsync()
    {
        await KeepAsync("source", PostAsync("/api/sources", new
        {
            name = Secret,
            kind = "folder",
            settings = new { path = Path.Combine(Repository.Root, "samples"), watch = false },
            vector_store_id = _ids["store"],
        }));
        var runs = $"/api/sources/{_ids["source"]}/runs";
        await KeepAsync("sync", PostAsync(runs, new { dry_run = true }));
        await PostAsync($"{runs}/{_ids["sync"]}/cancel", new { });
    }

    private async Task RegisterAsync()
    {
        _ids["prompt"] = $"p-{Guid.CreateVersion7():N}";
        await PostAsync($"/api/prompts/{_ids["prompt"]}/versions", new { text = Secret });
        (_ids["model"], _ids["alias"]) = ($"m-{Guid.CreateVersion7():N}", $"a-{Guid.CreateVersion7():N}");
        foreach (var model in new[] { _ids["model"], $"n-{Guid.CreateVersion7():N}" })
        {
            await KeepAsync("version", PostAsync($"/api/models/{model}/versions", new
            {
                targets = new[] { new { engine = "extractive" } }, instructions = Secret,
            }));
            await PostAsync($"/api/models/{_ids["alias"]}/promote", new { version = _ids["version"], reason = Secret });
        }
    }

    private async Task UploadInPartsAsync()
    {
        var upload = new { filename = "a.txt", purpose = "assistants", bytes = 5, mime_type = "text/plain" };
        await KeepAsync("upload", PostAsync("/v1/uploads", upload));
        await KeepAsync("open", PostAsync("/v1/uploads", upload));
        using var form = new MultipartFormDataContent { { new StringContent("words"), "data", "part" } };
        using var part = await _admin.PostAsync($"/v1/uploads/{_ids["upload"]}/parts", form, _cancellationToken);
        await KeepAsync("part", ReadAsync(part));
    }

    private async Task EvaluateAsync()
    {
        await KeepAsync("eval", PostAsync("/v1/evals", new
        {
            name = Secret,
            data_source_config = new { type = "custom", item_schema = new { type = "object" } },
            testing_criteria = new[] { new { type = "refusal", name = "refusal" } },
        }));
        await KeepAsync("run", PostAsync($"/v1/evals/{_ids["eval"]}/runs", new
        {
            data_source = new
            {
                type = "responses",
                model = "default",
                source = new { type = "file_id", id = _ids["questions"] },
                sampling_params = new
                {
                    tools = new[] { new { type = "file_search", vector_store_ids = new[] { _ids["store"] } } },
                },
            },
        }));
        var run = $"/v1/evals/{_ids["eval"]}/runs/{_ids["run"]}";
        await Eventually.ReadAsync(() => GetAsync(run), read => read.GetProperty("status").GetString() == "completed");
        var items = await GetAsync($"{run}/output_items");
        _ids["item"] = items.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    private async Task KeepAsync(string kind, Task<JsonElement> made) =>
        _ids[kind] = (await made).GetProperty("id").GetString()!;

    private async Task<JsonElement> UploadAsync(string name, string text)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new StringContent(text), "file", name },
        };
        using var response = await _admin.PostAsync("/v1/files", form, _cancellationToken);
        return await ReadAsync(response);
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await _admin.PostAsJsonAsync(path, body, _cancellationToken);
        return await ReadAsync(response);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _admin.GetAsync(path, _cancellationToken);
        return await ReadAsync(response);
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(_cancellationToken);
        Assert.True(
            response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created,
            $"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }
}
