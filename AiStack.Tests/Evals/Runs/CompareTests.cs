using System.Net;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Evals.Runs;

public sealed class CompareTests(EvalsFixture fixture) : IClassFixture<EvalsFixture>
{
    private readonly Id<Project> _project = PostgresFixture.NewProject();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_runs_are_compared_item_by_item()
    {
        var isCandidate = false;
        fixture.Serving.Answer(_project, question => Task.FromResult(Answer(question, isCandidate)));
        using var http = fixture.Service.CreateClient(_project);
        var caller = new EvalsCaller(http, Cancellation);
        var eval = await caller.CreateEvalAsync();
        var baseline = await RunAsync(caller, eval, items: 40);
        isCandidate = true;
        var candidate = await RunAsync(caller, eval, items: 40);

        var comparison = await caller.GetAsync($"/api/evals/compare?baseline={baseline}&candidate={candidate}");

        // Question 0 errs in the candidate; of the other 39 the baseline finds the even ones, the candidate all.
        Assert.Equal(39, comparison.GetProperty("pairs").GetInt32());
        Assert.Equal(1, comparison.GetProperty("candidate").GetProperty("errored").GetInt32());
        var recall = comparison.GetProperty("metrics").GetProperty("recall_at_5");
        Assert.Equal(19.0 / 39, recall.GetProperty("baseline").GetDouble(), 1e-9);
        Assert.Equal(1.0, recall.GetProperty("candidate").GetDouble());
        Assert.Equal(20.0 / 39, recall.GetProperty("difference").GetDouble(), 1e-9);
        Assert.InRange(recall.GetProperty("low").GetDouble(), 0.2, 20.0 / 39);
        Assert.InRange(recall.GetProperty("high").GetDouble(), 20.0 / 39, 0.8);
        Assert.Equal(2 * Math.Pow(0.5, 20), recall.GetProperty("mcnemar_p").GetDouble(), 1e-12);
        Assert.Equal("higher", recall.GetProperty("better").GetString());
        var tokens = comparison.GetProperty("metrics").GetProperty("input_tokens");
        Assert.Equal(JsonValueKind.Null, tokens.GetProperty("mcnemar_p").ValueKind);
        var again = await caller.GetAsync($"/api/evals/compare?baseline={baseline}&candidate={candidate}");
        Assert.True(JsonElement.DeepEquals(comparison, again));
    }

    [Fact]
    public async Task Runs_of_different_datasets_are_not_compared()
    {
        fixture.Serving.Answer(_project, question => Task.FromResult(Answer(question, isCandidate: false)));
        using var http = fixture.Service.CreateClient(_project);
        var caller = new EvalsCaller(http, Cancellation);
        var eval = await caller.CreateEvalAsync();
        var baseline = await RunAsync(caller, eval, items: 3);
        var candidate = await RunAsync(caller, eval, items: 4);

        using var response = await http.GetAsync(
            new Uri($"/api/evals/compare?baseline={baseline}&candidate={candidate}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
        Assert.Equal("candidate", problem.GetProperty("parameter").GetString());
        Assert.Contains("different datasets", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_completed_runs_that_exist_are_compared()
    {
        fixture.Serving.Answer(_project, _ => Task.FromResult(Answer("0", isCandidate: true)));
        using var http = fixture.Service.CreateClient(_project);
        var caller = new EvalsCaller(http, Cancellation);
        var failed = await RunAsync(caller, await caller.CreateEvalAsync(), items: 1);
        (string Query, HttpStatusCode Status)[] refused =
        [
            ("", HttpStatusCode.BadRequest),
            ($"baseline={failed}", HttpStatusCode.Conflict),
            ($"baseline={failed}&candidate={failed}", HttpStatusCode.Conflict),
            ($"baseline={Id<EvalRun>.New()}&candidate={failed}", HttpStatusCode.NotFound),
            ("baseline=x&candidate=y", HttpStatusCode.NotFound),
        ];

        foreach (var (query, status) in refused)
        {
            using var response = await http.GetAsync(
                new Uri($"/api/evals/compare?{query}", UriKind.Relative), Cancellation);
            Assert.Equal(status, response.StatusCode);
        }
    }

    private async Task<string> RunAsync(EvalsCaller caller, string eval, int items)
    {
        var lines = Enumerable.Range(0, items).Select(i => $$"""{"question":"{{i}}","filename":"a.md"}""");
        var file = await fixture.UploadAsync(_project, string.Join('\n', lines), Cancellation);
        var store = await fixture.CreateStoreAsync(_project, Cancellation);
        var run = await caller.CreateRunAsync(eval, store, file);
        await caller.WaitAsync(eval, run);
        return run;
    }

    private static IResult Answer(string question, bool isCandidate)
    {
        var number = int.Parse(question);
        return isCandidate && number == 0
            ? Results.Json(new { error = new { message = "No." } }, statusCode: 400)
            : ScriptedServing.Response("Yes.", isCandidate || number % 2 == 0 ? ["a.md"] : ["b.md"], []);
    }
}
