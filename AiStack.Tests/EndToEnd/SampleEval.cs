using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Samples;
using OpenAI.Evals;
using OpenAI.Files;
using Xunit;
using static AiStack.Tests.EndToEnd.OpenAiProject;

#pragma warning disable OPENAI001 // The SDK calls its evals client experimental.

namespace AiStack.Tests.EndToEnd;

/// <summary>The sample questions as an eval in a project of their own, made through the Gateway.</summary>
internal sealed class SampleEval
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    private readonly OpenAiProject _project;
    private readonly EvaluationClient _evals;
    private readonly string _dataset;

    private SampleEval(OpenAiProject project, string dataset, string id) =>
        (_project, _evals, _dataset, Id) = (project, project.Client.GetEvaluationClient(), dataset, id);

    public string Id { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="times">How often each question is asked, for a run that takes a while.</param>
    public static async Task<SampleEval> CreateAsync(RunningStack stack, int times = 1)
    {
        var project = await OpenAiProject.NewAsync(stack);
        var questions = await File.ReadAllTextAsync(Path.Combine(SampleCorpus.Folder, "questions.jsonl"), Cancellation);
        OpenAIFile dataset = await project.Client.GetOpenAIFileClient().UploadFileAsync(
            BinaryData.FromString(string.Concat(Enumerable.Repeat(questions, times))),
            "questions.jsonl",
            FileUploadPurpose.Evaluations);
        var eval = Json(await project.Client.GetEvaluationClient().CreateEvaluationAsync(Content(new
        {
            name = "The sample questions",
            data_source_config = new { type = "custom", item_schema = new { type = "object" } },
            testing_criteria = new object[]
            {
                new { type = "source_cited", name = "right source first" },
                new { type = "answer_contained", name = "answer" },
                new { type = "refusal", name = "refuses what it must" },
            },
        })));
        return new(project, dataset.Id, eval.GetProperty("id").GetString()!);
    }

    /// <summary>A store of the sample documents, or of those whose path has <paramref name="part"/>.</summary>
    public async Task<string> StoreAsync(string part = "")
    {
        var files = _project.Client.GetOpenAIFileClient();
        List<string> ids = [];
        var wanted = SampleCorpus.Documents.Where(one => one.Path.Contains(part, StringComparison.Ordinal));
        foreach (var document in wanted)
        {
            OpenAIFile file = await files.UploadFileAsync(
                Path.Combine(SampleCorpus.Folder, document.Path), FileUploadPurpose.Assistants);
            ids.Add(file.Id);
        }

        return await _project.StoreOfAsync(ids);
    }

    /// <summary>Runs all questions against a store, and returns the run when it ended.</summary>
    public async Task<JsonElement> RunAsync(string name, string store) => await EndAsync(await StartAsync(name, store));

    /// <summary>Queues a run of all questions against a store, and returns its id.</summary>
    public async Task<string> StartAsync(string name, string store)
    {
        var run = Json(await _evals.CreateEvaluationRunAsync(Id, Content(new
        {
            name,
            data_source = new
            {
                type = "responses",
                model = "default",
                source = new { type = "file_id", id = _dataset },
                sampling_params = new
                {
                    tools = new[] { new { type = "file_search", vector_store_ids = new[] { store } } },
                },
            },
        })));
        return run.GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string run) =>
        Json(await _evals.GetEvaluationRunAsync(Id, run, options: null));

    /// <summary>The run when it ended, in whatever way; meanwhile the stack may be away.</summary>
    public async Task<JsonElement> EndAsync(string run)
    {
        var ended = await Eventually.ReadAsync(
            () => TryGetAsync(run),
            until: now => now?.GetProperty("status").GetString() is not (null or "queued" or "in_progress"),
            _limit);
        return ended!.Value;
    }

    private async Task<JsonElement?> TryGetAsync(string run)
    {
        try
        {
            return await GetAsync(run);
        }
        catch (ClientResultException exception) when (exception.Status == (int)HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
    }

    /// <summary>What came of each question, in the order of the questions.</summary>
    public async Task<IReadOnlyList<JsonElement>> ItemsAsync(JsonElement run)
    {
        var id = run.GetProperty("id").GetString()!;
        List<JsonElement> items = [];
        JsonElement page;
        do
        {
            var after = items is [.., var last] ? last.GetProperty("id").GetString() : null;
            page = Json(await _evals.GetEvaluationRunOutputItemsAsync(Id, id, 100, "asc", after, null, null));
            items.AddRange(page.GetProperty("data").EnumerateArray());
        }
        while (page.GetProperty("has_more").GetBoolean());

        return items;
    }

    /// <summary>Compares two runs; OpenAI's API has no word for that.</summary>
    public async Task<JsonElement> CompareAsync(RunningStack stack, JsonElement baseline, JsonElement candidate)
    {
        using var http = new HttpClient { BaseAddress = stack.Api };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _project.Key);
        var query = $"baseline={baseline.GetProperty("id")}&candidate={candidate.GetProperty("id")}";
        return await http.GetFromJsonAsync<JsonElement>($"/api/evals/compare?{query}", Cancellation);
    }
}
