using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Evals.Runs;

public sealed class RunTests(EvalsFixture fixture) : IClassFixture<EvalsFixture>
{
    private const string Dataset =
        """
        {"question":"How many days of leave?","filename":"leave.md","answer":"25 days"}
        {"question":"Who approves travel?","filename":"travel.md","answer":"your manager"}
        {"question":"What colour is the moon's office?","answerable":false}
        """;

    private readonly Id<Project> _project = PostgresFixture.NewProject();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_asks_every_question_and_measures_the_answers()
    {
        fixture.Serving.Answer(_project, AnswerAsync);
        var (caller, eval, store, file) = await PrepareAsync(Dataset);

        var run = await caller.WaitAsync(eval, await caller.CreateRunAsync(eval, store, file));

        Assert.Equal("completed", run.GetProperty("status").GetString());
        AssertCounts(run, passed: 2, failed: 1, errored: 0);
        Assert.Equal(64, run.GetProperty("dataset").GetProperty("sha256").GetString()!.Length);
        var metrics = run.GetProperty("metrics");
        Assert.Equal(1.0, metrics.GetProperty("recall_at_5").GetProperty("value").GetDouble());
        Assert.Equal(0.75, metrics.GetProperty("mrr_at_10").GetProperty("value").GetDouble());
        Assert.Equal(0.5, metrics.GetProperty("first_citation_right").GetProperty("value").GetDouble());
        Assert.Equal(1.0, metrics.GetProperty("refusals_right").GetProperty("value").GetDouble());
        var usage = Assert.Single(run.GetProperty("per_model_usage").EnumerateArray());
        Assert.Equal(("scripted", 3, 330), (
            usage.GetProperty("model_name").GetString(),
            usage.GetProperty("invocation_count").GetInt32(),
            usage.GetProperty("total_tokens").GetInt32()));
        Assert.Equal(
            ["right source: 1 of 2", "refusal: 3 of 3"],
            run.GetProperty("per_testing_criteria_results").EnumerateArray().Select(Describe));
    }

    [Fact]
    public async Task A_question_goes_to_Serving_as_the_project_with_ten_results_asked_for()
    {
        var asked = fixture.Serving.Answer(_project, AnswerAsync);
        var (caller, eval, store, file) = await PrepareAsync(Dataset);

        await caller.WaitAsync(eval, await caller.CreateRunAsync(eval, store, file));

        Assert.Equal(3, asked.Select(question => question.Text).Distinct().Count());
        var first = asked.First();
        Assert.Equal("default", first.Body.GetProperty("model").GetString());
        Assert.Equal("file_search_call.results", first.Body.GetProperty("include")[0].GetString());
        var tool = first.Body.GetProperty("tools")[0];
        Assert.Equal(10, tool.GetProperty("max_num_results").GetInt32());
        Assert.Equal(store.ToString(), tool.GetProperty("vector_store_ids")[0].GetString());
        Assert.Equal(_project.ToString(), first.Claims.GetProperty("project").GetString());
        Assert.DoesNotContain("admin", first.Claims.GetProperty("scope").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_ends_with_the_key_that_made_it()
    {
        var asked = fixture.Serving.Answer(_project, async question =>
        {
            await fixture.RevokeKeysAsync(_project, Cancellation);
            return await AnswerAsync(question);
        });
        var (caller, eval, store, _) = await PrepareAsync(Dataset);
        const int Items = 50;
        var content = Enumerable.Range(0, Items).Select(
            i => new { item = new { question = $"Question {i}?", filename = "a.md" } });

        var run = await caller.WaitAsync(eval, await caller.CreateRunAsync(
            eval, EvalsCaller.RunRequest(store, new { type = "file_content", content })));

        Assert.InRange(asked.Count, 1, 4); // As many as are asked at once.
        var items = await caller.GetAsync($"{run.GetProperty("report_url")}/output_items?status=error&limit=100");
        Assert.All(items.GetProperty("data").EnumerateArray(), item => Assert.Equal(
            "key_refused", item.GetProperty("sample").GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(Items - asked.Count, items.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task An_item_that_Serving_refuses_is_a_result_and_the_run_goes_on()
    {
        fixture.Serving.Answer(_project, question => question == "Who approves travel?"
            ? Task.FromResult(Results.Json(new { error = new { message = "Too long." } }, statusCode: 400))
            : AnswerAsync(question));
        var (caller, eval, store, file) = await PrepareAsync(Dataset);

        var run = await caller.WaitAsync(eval, await caller.CreateRunAsync(eval, store, file));

        Assert.Equal("completed", run.GetProperty("status").GetString());
        AssertCounts(run, passed: 2, failed: 0, errored: 1);
        var items = await caller.GetAsync($"{run.GetProperty("report_url")}/output_items?status=error");
        var item = Assert.Single(items.GetProperty("data").EnumerateArray());
        var error = item.GetProperty("sample").GetProperty("error");
        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
        Assert.EndsWith("Too long.", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_in_passing_is_asked_again()
    {
        var failures = 3;
        var asked = fixture.Serving.Answer(_project, question => Interlocked.Decrement(ref failures) >= 0
            ? Task.FromResult(Results.StatusCode(503))
            : AnswerAsync(question));
        var (caller, eval, store, file) = await PrepareAsync(Dataset);

        var run = await caller.WaitAsync(eval, await caller.CreateRunAsync(eval, store, file));

        AssertCounts(run, passed: 2, failed: 1, errored: 0);
        Assert.Equal(6, asked.Count);
    }

    [Fact]
    public async Task A_run_that_could_ask_nothing_has_failed_and_says_why()
    {
        await using var alone = await EvalsFixture.StartAsync(
            ("services:serving:http:0", Ports.Closed), ("Evals:Serving:MaxAttempts", "2"));
        var (caller, eval, store, file) = await PrepareAsync(Dataset, alone);

        var run = await caller.WaitAsync(eval, await caller.CreateRunAsync(eval, store, file));

        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.Equal("no_item_answered", run.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("Asked 2 times", run.GetProperty("error").GetProperty("message").GetString());
        AssertCounts(run, passed: 0, failed: 0, errored: 3);
    }

    [Fact]
    public async Task A_canceled_run_asks_nothing_more()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = fixture.Serving.Answer(_project, async question =>
        {
            first.TrySetResult();
            await release.Task;
            return await AnswerAsync(question);
        });
        var (caller, eval, store, file) = await PrepareAsync(string.Join('\n', Enumerable.Repeat(Dataset, 10)));
        var run = await caller.CreateRunAsync(eval, store, file);
        await first.Task.WaitAsync(Eventually.Patience, Cancellation);

        using var canceled = await caller.Http.PostAsync($"/v1/evals/{eval}/runs/{run}", null, Cancellation);
        release.SetResult();

        Assert.Equal("canceled", (await caller.ReadAsync(canceled)).GetProperty("status").GetString());
        var next = await caller.WaitAsync(eval, await caller.CreateRunAsync(eval, store, file));
        Assert.Equal("completed", next.GetProperty("status").GetString());
        Assert.InRange(asked.Count - next.GetProperty("dataset").GetProperty("items").GetInt32(), 1, 4);
        var after = await caller.GetAsync($"/v1/evals/{eval}/runs/{run}");
        Assert.Equal("canceled", after.GetProperty("status").GetString());
        var ended = new Uri($"/v1/evals/{eval}/runs/{next.GetProperty("id")}", UriKind.Relative);
        using var again = await caller.Http.PostAsync(ended, null, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Runs_and_output_items_are_listed_by_page()
    {
        fixture.Serving.Answer(_project, AnswerAsync);
        var (caller, eval, store, file) = await PrepareAsync(Dataset);
        var run = await caller.CreateRunAsync(eval, store, file);
        await caller.WaitAsync(eval, run);
        var path = $"/v1/evals/{eval}/runs/{run}/output_items";

        var page = await caller.GetAsync($"{path}?limit=2&order=desc");
        var rest = await caller.GetAsync($"{path}?limit=2&order=desc&after={page.GetProperty("last_id")}");
        var failed = await caller.GetAsync($"{path}?status=fail");
        var runs = await caller.GetAsync($"/v1/evals/{eval}/runs?status=completed");

        Assert.Equal([2, 1], page.GetProperty("data").EnumerateArray().Select(Ordinal));
        Assert.True(page.GetProperty("has_more").GetBoolean());
        Assert.Equal([0], rest.GetProperty("data").EnumerateArray().Select(Ordinal));
        Assert.False(rest.GetProperty("has_more").GetBoolean());
        var item = Assert.Single(failed.GetProperty("data").EnumerateArray());
        Assert.Equal("Who approves travel?", item.GetProperty("datasource_item").GetProperty("question").GetString());
        var one = await caller.GetAsync($"{path}/{item.GetProperty("id")}");
        Assert.True(JsonElement.DeepEquals(item, one));
        Assert.Equal(run, Assert.Single(runs.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Another_project_sees_nothing_of_a_run()
    {
        fixture.Serving.Answer(_project, AnswerAsync);
        var (caller, eval, store, file) = await PrepareAsync(Dataset);
        var run = await caller.CreateRunAsync(eval, store, file);
        using var stranger = fixture.Service.CreateClient(PostgresFixture.NewProject());
        string[] paths = [$"/v1/evals/{eval}", $"/v1/evals/{eval}/runs", $"/v1/evals/{eval}/runs/{run}",
            $"/v1/evals/{eval}/runs/{run}/output_items", $"/api/evals/compare?baseline={run}&candidate={run}"];

        foreach (var path in paths)
        {
            using var response = await stranger.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using var deleted = await stranger.DeleteAsync(
            new Uri($"/v1/evals/{eval}/runs/{run}", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, deleted.StatusCode);
        var other = new EvalsCaller(stranger, Cancellation);
        var theirs = EvalsCaller.RunRequest(store, new { type = "file_id", id = file.ToString() });
        using var stolen = await stranger.PostAsJsonAsync(
            $"/v1/evals/{await other.CreateEvalAsync()}/runs", theirs, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
    }

    [Fact]
    public async Task A_run_deleted_while_it_goes_on_is_gone_and_stops()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = fixture.Serving.Answer(_project, async question =>
        {
            await release.Task;
            return await AnswerAsync(question);
        });
        var (caller, eval, store, file) = await PrepareAsync(string.Join('\n', Enumerable.Repeat(Dataset, 10)));
        var run = await caller.CreateRunAsync(eval, store, file);

        using var deleted = await caller.Http.DeleteAsync(
            new Uri($"/v1/evals/{eval}/runs/{run}", UriKind.Relative), Cancellation);
        release.SetResult();

        Assert.True((await caller.ReadAsync(deleted)).GetProperty("deleted").GetBoolean());
        await caller.WaitAsync(eval, await caller.CreateRunAsync(eval, store, file));
        Assert.InRange(asked.Count, 30, 34);
    }

    internal static Task<IResult> AnswerAsync(string question) => Task.FromResult(question[0] switch
    {
        'H' => ScriptedServing.Response("You have 25 days.", ["leave.md", "pay.md"], ["leave.md"]),
        'W' when question.StartsWith("Who", StringComparison.Ordinal) =>
            ScriptedServing.Response("Your manager does.", ["pay.md", "travel.md"], ["pay.md"]),
        _ => ScriptedServing.Response("The sources do not say.", ["pay.md"], [], refused: true),
    });

    private async Task<(EvalsCaller Caller, string Eval, Id<VectorStore> Store, Id<StoredFile> File)> PrepareAsync(
        string dataset, EvalsFixture? other = null)
    {
        var evals = other ?? fixture;
        var caller = new EvalsCaller(evals.Service.CreateClient(_project), Cancellation);
        return (
            caller,
            await caller.CreateEvalAsync(),
            await evals.CreateStoreAsync(_project, Cancellation),
            await evals.UploadAsync(_project, dataset, Cancellation));
    }

    private static void AssertCounts(JsonElement run, int passed, int failed, int errored)
    {
        var counts = run.GetProperty("result_counts");
        Assert.Equal((passed, failed, errored, passed + failed + errored), (
            counts.GetProperty("passed").GetInt32(),
            counts.GetProperty("failed").GetInt32(),
            counts.GetProperty("errored").GetInt32(),
            counts.GetProperty("total").GetInt32()));
    }

    private static string Describe(JsonElement criterion)
    {
        var passed = criterion.GetProperty("passed").GetInt32();
        var all = passed + criterion.GetProperty("failed").GetInt32();
        return $"{criterion.GetProperty("testing_criteria")}: {passed} of {all}";
    }

    private static int Ordinal(JsonElement item) => item.GetProperty("datasource_item_id").GetInt32();
}
