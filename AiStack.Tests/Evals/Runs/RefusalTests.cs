using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Evals.Runs;

/// <summary>What the evals API does not accept, and how it says so.</summary>
public sealed class RefusalTests(EvalsFixture fixture) : IClassFixture<EvalsFixture>
{
    private readonly Id<Project> _project = PostgresFixture.NewProject();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"data_source_config":{"type":"logs"}}""", "data_source_config.type")]
    [InlineData("""{"data_source_config":null}""", "data_source_config")]
    [InlineData("""{"data_source_config":{"type":"custom"}}""", "data_source_config.item_schema")]
    [InlineData("""{"testing_criteria":[]}""", "testing_criteria")]
    [InlineData("""{"testing_criteria":null}""", "testing_criteria")]
    [InlineData("""{"testing_criteria":[{"type":"score_model","name":"n"}]}""", "testing_criteria[0].type")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"testing_criteria":[{"type":"refusal","name":"\u0000"}]}""", "testing_criteria[0].name")]
    [InlineData("""{"metadata":{"":"b"}}""", "metadata")]
    [InlineData("""{"graders":[]}""", "graders")]
    public async Task An_eval_that_cannot_be_checked_is_refused_by_field(string change, string parameter)
    {
        var request = Changed(EvalsCaller.EvalRequest(), change);

        using var response = await PostAsync("/v1/evals", request);

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, parameter);
    }

    [Theory]
    [InlineData("""{"data_source":{"type":"jsonl"}}""", "data_source.type")]
    [InlineData("""{"data_source":{"model":""}}""", "data_source.model")]
    [InlineData("""{"data_source":{"source":null}}""", "data_source.source")]
    [InlineData("""{"data_source":{"source":{"type":"responses"}}}""", "data_source.source.type")]
    [InlineData("""{"data_source":{"source":{"type":"file_id"}}}""", "data_source.source.id")]
    [InlineData("""{"data_source":{"source":{"type":"file_content","content":[]}}}""", "data_source.source")]
    [InlineData("""{"data_source":{"source":{"type":"file_content","content":[{"item":{}}]}}}""", "data_source.source")]
    [InlineData("""{"data_source":{"sampling_params":null}}""", "data_source.sampling_params.tools")]
    [InlineData("""{"data_source":{"sampling_params":{"tools":[]}}}""", "data_source.sampling_params.tools")]
    [InlineData("""{"data_source":{"sampling_params":{"seed":42}}}""", "data_source.sampling_params.seed")]
    [InlineData("""{"data_source":{"sampling_params":{"temperature":3}}}""", "data_source.sampling_params.temperature")]
    [InlineData(
        """{"data_source":{"input_messages":{"type":"item_reference","item_reference":"item.q"}}}""",
        "data_source.input_messages.type")]
    [InlineData(
        """{"data_source":{"input_messages":{"type":"template","template":"""
        + """[{"role":"user","content":"{{sample.a}}"}]}}}""",
        "data_source.input_messages.template[0].content")]
    [InlineData(
        """{"data_source":{"input_messages":{"type":"template","template":"""
        + """[{"role":"user","content":"{{item.b}}"}]}}}""",
        "data_source.source")]
    [InlineData("""{"priority":"high"}""", "priority")]
    public async Task A_run_that_cannot_be_measured_is_refused_by_field(string change, string parameter)
    {
        var (eval, request) = await PrepareAsync();

        using var response = await PostAsync($"/v1/evals/{eval}/runs", Changed(request, change));

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, parameter);
    }

    [Theory]
    [InlineData("""{"type":"web_search"}""", "data_source.sampling_params.tools[0].type")]
    [InlineData("""{"vector_store_ids":[]}""", "data_source.sampling_params.tools[0].vector_store_ids")]
    [InlineData("""{"vector_store_ids":["abc"]}""", "data_source.sampling_params.tools[0].vector_store_ids[0]")]
    [InlineData("""{"max_num_results":5}""", "data_source.sampling_params.tools[0].max_num_results")]
    [InlineData("""{"max_num_results":51}""", "data_source.sampling_params.tools[0].max_num_results")]
    [InlineData("""{"rewrite":true}""", "data_source.sampling_params.tools[0].rewrite")]
    public async Task A_search_that_cannot_be_measured_is_refused_by_field(string change, string parameter)
    {
        var (eval, request) = await PrepareAsync();
        var body = JsonSerializer.SerializeToNode(request)!.AsObject();
        Merge(body["data_source"]!["sampling_params"]!["tools"]![0]!.AsObject(), JsonNode.Parse(change)!.AsObject());

        using var response = await PostAsync($"/v1/evals/{eval}/runs", body);

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, parameter);
    }

    [Fact]
    public async Task A_file_a_store_or_an_eval_that_is_not_there_is_not_found()
    {
        var (eval, request) = await PrepareAsync();
        var unknown = $$"""{ "data_source": { "source": { "id": "{{Id<StoredFile>.New()}}" } } }""";
        var noFile = Changed(request, unknown);
        var noStore = EvalsCaller.RunRequest(Id<VectorStore>.New(), new { type = "file_id", id = "file-1" });

        using var file = await PostAsync($"/v1/evals/{eval}/runs", noFile);
        using var store = await PostAsync($"/v1/evals/{eval}/runs", noStore);
        using var other = await PostAsync($"/v1/evals/{Id<Eval>.New()}/runs", request);
        using var nonsense = await PostAsync("/v1/evals/eval_x/runs", request);

        await AssertRefusedAsync(file, HttpStatusCode.NotFound, "data_source.source.id");
        await AssertRefusedAsync(
            store, HttpStatusCode.NotFound, "data_source.sampling_params.tools[0].vector_store_ids");
        await AssertRefusedAsync(other, HttpStatusCode.NotFound, "eval_id");
        await AssertRefusedAsync(nonsense, HttpStatusCode.NotFound, "eval_id");
    }

    [Fact]
    public async Task A_bad_dataset_leaves_no_run_behind()
    {
        await using var strict = await EvalsFixture.StartAsync(("Evals:Dataset:MaxBytes", "4096"));
        using var http = strict.Service.CreateClient(_project);
        var caller = new EvalsCaller(http, Cancellation);
        var eval = await caller.CreateEvalAsync();
        var store = await strict.CreateStoreAsync(_project, Cancellation);
        const string Good = """{"question":"a?","filename":"a.md"}""";
        (string Dataset, HttpStatusCode Status, string Message)[] bad =
        [
            ($"{Good}\n{Good}\n{{\"question\":", HttpStatusCode.BadRequest, "Line 3 is not valid JSON"),
            ($"{Good}\n{{\"question\":\"b?\"}}", HttpStatusCode.BadRequest, "Line 2: 'filename' must name"),
            ("\n", HttpStatusCode.BadRequest, "no items"),
            (new string('x', 4097), HttpStatusCode.RequestEntityTooLarge, "at most 4096 bytes"),
        ];

        foreach (var (dataset, status, message) in bad)
        {
            var file = await strict.UploadAsync(_project, dataset, Cancellation);
            var request = EvalsCaller.RunRequest(store, new { type = "file_id", id = file.ToString() });
            using var response = await http.PostAsJsonAsync($"/v1/evals/{eval}/runs", request, Cancellation);
            Assert.Equal(status, response.StatusCode);
            Assert.Contains(message, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        Assert.Empty((await caller.GetAsync($"/v1/evals/{eval}/runs")).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("order=up", "order")]
    [InlineData("after=evalrun_1", "after")]
    public async Task A_page_that_cannot_be_is_refused_by_parameter(string query, string parameter)
    {
        using var http = fixture.Service.CreateClient(_project);

        using var response = await http.GetAsync(new Uri($"/v1/evals?{query}", UriKind.Relative), Cancellation);

        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, parameter);
    }

    [Fact]
    public async Task A_key_without_the_scope_is_forbidden_and_no_key_unauthorized()
    {
        using var reader = fixture.Service.CreateClient(_project, Scopes.EvalsRead);
        using var writer = fixture.Service.CreateClient(_project, Scopes.EvalsWrite);
        using var keyless = fixture.Service.CreateClient();
        var evalsPath = new Uri("/v1/evals", UriKind.Relative);
        var comparePath = new Uri("/api/evals/compare", UriKind.Relative);

        using var created = await reader.PostAsJsonAsync(evalsPath, EvalsCaller.EvalRequest(), Cancellation);
        using var listed = await writer.GetAsync(evalsPath, Cancellation);
        using var compared = await writer.GetAsync(comparePath, Cancellation);
        using var anonymous = await keyless.GetAsync(evalsPath, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, created.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, listed.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, compared.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Theory]
    [InlineData("chat.write", "data_source")]
    [InlineData("vector_stores.read", "data_source.sampling_params.tools[0].vector_store_ids")]
    [InlineData("files.read", "data_source.source.id")]
    public async Task A_run_reads_nothing_for_its_maker_that_the_maker_may_not_read(string lacking, string field)
    {
        var (eval, request) = await PrepareAsync();
        string[] all = ["evals.read", "evals.write", "chat.write", "vector_stores.read", "files.read"];
        using var http = fixture.Service.CreateClient(_project, [.. all.Except([lacking])]);

        using var response = await http.PostAsJsonAsync($"/v1/evals/{eval}/runs", request, Cancellation);

        await AssertRefusedAsync(response, HttpStatusCode.Forbidden, field);
    }

    [Fact]
    public async Task A_file_that_stores_have_for_others_is_no_dataset()
    {
        var (eval, request, file) = await PrepareFileAsync();
        await fixture.RestrictAsync(_project, file, "group:hr", Cancellation);

        foreach (var (principal, status) in new[]
        {
            ("user:ann", HttpStatusCode.NotFound), ("group:hr", HttpStatusCode.OK), (null, HttpStatusCode.OK),
        })
        {
            var caller = new Caller(
                Id<Organisation>.New(), _project, Id<ApiKey>.New(), new HashSet<string> { Scopes.Admin })
            {
                Principals = principal is null ? null : new HashSet<string> { principal },
            };
            using var http = fixture.Service.CreateClient(caller);
            using var response = await http.PostAsJsonAsync($"/v1/evals/{eval}/runs", request, Cancellation);
            Assert.Equal(status, response.IsSuccessStatusCode ? HttpStatusCode.OK : response.StatusCode);
        }
    }

    [Fact]
    public async Task The_answers_of_a_run_are_for_those_who_may_search_stores()
    {
        using var reader = fixture.Service.CreateClient(_project, Scopes.EvalsRead);
        var items = new Uri("/v1/evals/eval_1/runs/evalrun_1/output_items", UriKind.Relative);

        using var refused = await reader.GetAsync(items, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private async Task<(string Eval, object Request)> PrepareAsync()
    {
        var (eval, request, _) = await PrepareFileAsync();
        return (eval, request);
    }

    private async Task<(string Eval, object Request, Id<StoredFile> File)> PrepareFileAsync()
    {
        using var http = fixture.Service.CreateClient(_project);
        var eval = await new EvalsCaller(http, Cancellation).CreateEvalAsync();
        var store = await fixture.CreateStoreAsync(_project, Cancellation);
        const string Dataset = """{"question":"How?","filename":"a.md"}""";
        var file = await fixture.UploadAsync(_project, Dataset, Cancellation);
        return (eval, EvalsCaller.RunRequest(store, new { type = "file_id", id = file.ToString() }), file);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, object request)
    {
        using var http = fixture.Service.CreateClient(_project);
        using var content = new StringContent(JsonSerializer.Serialize(request), Encoding.UTF8, "application/json");
        return await http.PostAsync(new Uri(path, UriKind.Relative), content, Cancellation);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, HttpStatusCode status, string parameter)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(status == response.StatusCode, body);
        var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
        Assert.Equal(parameter, error.GetProperty("param").GetString());
    }

    private static JsonObject Changed(object request, string change)
    {
        var body = JsonSerializer.SerializeToNode(request)!.AsObject();
        Merge(body, JsonNode.Parse(change)!.AsObject());
        return body;
    }

    // An object is changed inside, unless it names a type: that makes it another thing.
    private static void Merge(JsonObject target, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (value is JsonObject inner && target[name] is JsonObject existing && !inner.ContainsKey("type"))
            {
                Merge(existing, inner);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }
}
