using System.Globalization;
using System.Text.Json;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Samples;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>The quality of search and answers: an eval run of the sample questions on the real stack.</summary>
public sealed class QualityBench
{
    private static readonly (string Metric, string Says)[] _rows =
    [
        ("recall_at_5", "recall@5: the right document is among the first five passages"),
        ("mrr_at_10", "MRR@10: one over the rank of the first passage of the right document"),
        ("first_citation_right", "first citation is of the right document"),
        ("any_citation_right", "any citation is of the right document"),
        ("answer_contained", "answer holds the expected words"),
        ("refusals_right", "unanswerable questions that are refused"),
        ("refusals_wrong", "answerable questions that are refused (lower is better)"),
    ];

    [Fact(Explicit = true)]
    public async Task Search_and_answers_on_the_sample_questions()
    {
        await using var stack = await BenchStack.StartAsync();
        var eval = await SampleEval.CreateAsync(stack.Running);

        var run = await eval.RunAsync("quality", await eval.StoreAsync());

        Assert.Equal("completed", run.GetProperty("status").GetString());
        Report(run, run.GetProperty("metrics"));
        TestContext.Current.TestOutputHelper!.WriteLine(Wrong(await eval.ItemsAsync(run)));
    }

    private static void Report(JsonElement run, JsonElement metrics)
    {
        var dataset = run.GetProperty("dataset");
        var engine = run.GetProperty("per_model_usage")[0].GetProperty("model_name");
        BenchReport.Write("50-quality", $"""
            ## Search and answers on the sample questions

            One run of `/v1/evals` through the Gateway: the {dataset.GetProperty("items")} questions of
            `samples/questions.jsonl` (SHA-256 `{dataset.GetProperty("sha256").GetString()![..12]}…`) against the
            {SampleCorpus.Documents.Count} sample documents; engine `{engine}`, `auto` chunking, ten passages each.

            | | value | 95% interval | questions |
            | --- | ---: | ---: | ---: |
            {string.Join('\n', _rows.Select(row => Row(row.Says, metrics.GetProperty(row.Metric))))}

            Shares have Wilson's interval; the mean has that of a bootstrap over questions. The questions are worded
            unlike the documents, and the unanswerable ones like them: they come close on purpose. No weight of search
            or engine was fitted on these questions, but the same people wrote them, the documents and the rules.
            """);
    }

    private static string Row(string says, JsonElement metric) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {says} | {Number(metric, "value"):0.000} "
        + $"| {Number(metric, "low"):0.000} to {Number(metric, "high"):0.000} | {metric.GetProperty("items")} |");

    // What to look at next to improve the quality.
    private static string Wrong(IReadOnlyList<JsonElement> items) => string.Join('\n', items
        .Where(item => item.GetProperty("status").GetString() != "pass")
        .Select(item =>
        {
            var failed = item.GetProperty("results").EnumerateArray()
                .Where(grade => !grade.GetProperty("passed").GetBoolean())
                .Select(grade => grade.GetProperty("name").GetString());
            return $"{string.Join(", ", failed)}: {item.GetProperty("datasource_item").GetProperty("question")} "
                + $"-> {item.GetProperty("sample").GetProperty("output")[0].GetProperty("content")}";
        }));

    private static double Number(JsonElement metric, string name) => metric.GetProperty(name).GetDouble();
}
