using System.Text.Json;
using AiStack.Tests.Fixtures;
using AiStack.Tests.Samples;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>A run outlives what it needs: Evals, which asks, Serving, which answers, and what is below them.</summary>
[Collection(DisturbedStack.Name)]
public sealed class HostEvalTests(HostStack own)
{
    private const int Times = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("evals")]
    [InlineData("serving")]
    [InlineData("retrieval")]
    [InlineData("postgres")]
    public async Task Killed_in_the_middle_of_a_run_it_ends_with_every_question_answered_once(string part)
    {
        var eval = await SampleEval.CreateAsync(own.Stack, Times);
        var store = await eval.StoreAsync("/hr/");
        var run = await eval.StartAsync($"{part} dies", store);
        var begun = await Eventually.ReadAsync(
            () => eval.GetAsync(run), until: now => Finished(now) >= SampleCorpus.Questions.Count / 4);

        own.Stack.KillPart(part);
        var ended = await eval.EndAsync(run);

        Assert.InRange(Finished(begun), 1, SampleCorpus.Questions.Count * (Times - 1));
        Assert.Equal("completed", ended.GetProperty("status").GetString());
        Assert.Equal(0, ended.GetProperty("result_counts").GetProperty("errored").GetInt32());
        Assert.Equal(
            Enumerable.Repeat(SampleCorpus.Questions, Times).SelectMany(all => all).Select(one => one.Question),
            (await eval.ItemsAsync(ended))
                .Select(item => item.GetProperty("datasource_item").GetProperty("question").GetString()));
    }

    private static int Finished(JsonElement run) => run.GetProperty("result_counts").GetProperty("total").GetInt32();
}
