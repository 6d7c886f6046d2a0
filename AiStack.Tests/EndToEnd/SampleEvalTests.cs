using System.Text.Json;
using AiStack.Tests.Samples;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>Evals on the real stack: the sample questions, asked of the sample documents through the Gateway.</summary>
public sealed class SampleEvalTests(StackFixture fixture)
{
    [Fact]
    public async Task Every_sample_question_is_answered_and_the_metrics_are_those_of_the_answers()
    {
        var eval = await SampleEval.CreateAsync(await fixture.StackAsync(TestContext.Current.CancellationToken));

        var run = await eval.RunAsync("all", await eval.StoreAsync());
        var items = await eval.ItemsAsync(run);

        Assert.Equal("completed", run.GetProperty("status").GetString());
        Assert.Equal(0, run.GetProperty("result_counts").GetProperty("errored").GetInt32());
        Assert.Equal(
            SampleCorpus.Questions.Select(question => question.Question),
            items.Select(item => item.GetProperty("datasource_item").GetProperty("question").GetString()));
        var answerable = items.Where(IsAnswerable).Select(item => item.GetProperty("measures")).ToList();
        AssertShare(run, "recall_at_5", answerable, measures => Rank(measures) <= 5);
        AssertShare(run, "first_citation_right", answerable, measures => Is(measures, "first_citation_right"));
        AssertShare(run, "answer_contained", answerable, measures => Is(measures, "answer_contained"));
        AssertShare(run, "refusals_wrong", answerable, measures => Is(measures, "refused"));
        Assert.Equal(
            answerable.Average(measures => 1.0 / Rank(measures)), Value(run, "mrr_at_10"), tolerance: 1e-9);
    }

    [Fact]
    public async Task A_store_without_half_of_the_documents_is_worse_by_more_than_chance()
    {
        var stack = await fixture.StackAsync(TestContext.Current.CancellationToken);
        var eval = await SampleEval.CreateAsync(stack);

        var all = await eval.RunAsync("all documents", await eval.StoreAsync());
        var few = await eval.RunAsync("only people's", await eval.StoreAsync("/hr/"));
        var comparison = await eval.CompareAsync(stack, all, few);
        var itself = await eval.CompareAsync(stack, all, all);

        Assert.Equal(SampleCorpus.Questions.Count, comparison.GetProperty("pairs").GetInt32());
        var recall = comparison.GetProperty("metrics").GetProperty("recall_at_5");
        Assert.Equal(Value(few, "recall_at_5"), recall.GetProperty("candidate").GetDouble(), tolerance: 1e-9);
        Assert.True(recall.GetProperty("high").GetDouble() < 0, recall.ToString());
        Assert.True(recall.GetProperty("mcnemar_p").GetDouble() < 0.01, recall.ToString());
        var same = itself.GetProperty("metrics").GetProperty("recall_at_5");
        Assert.Equal((0.0, 0.0, 1.0), (Number(same, "low"), Number(same, "high"), Number(same, "mcnemar_p")));
    }

    private static void AssertShare(
        JsonElement run, string metric, List<JsonElement> answerable, Func<JsonElement, bool> holds)
    {
        var share = answerable.Count(holds) / (double)answerable.Count;
        Assert.Equal(share, Value(run, metric), tolerance: 1e-9);
        Assert.InRange(share, Number(Metric(run, metric), "low"), Number(Metric(run, metric), "high"));
    }

    // A source that was not found is endlessly far down.
    private static double Rank(JsonElement measures) =>
        measures.GetProperty("source_rank") is { ValueKind: JsonValueKind.Number } rank
            ? rank.GetInt32()
            : double.PositiveInfinity;

    private static bool Is(JsonElement measures, string name) =>
        measures.GetProperty(name).ValueKind == JsonValueKind.True;

    private static bool IsAnswerable(JsonElement item) =>
        item.GetProperty("datasource_item").GetProperty("answerable").GetBoolean();

    private static JsonElement Metric(JsonElement run, string name) => run.GetProperty("metrics").GetProperty(name);

    private static double Value(JsonElement run, string name) => Number(Metric(run, name), "value");

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();
}
