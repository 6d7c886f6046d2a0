using AiStack.Console.Ask;
using AiStack.Contracts;
using Xunit;

namespace AiStack.Tests.Console.Ask;

/// <summary>What a tab keeps of its conversation, and what it makes of something else.</summary>
public sealed class SavedConversationTests
{
    [Fact]
    public void A_conversation_is_read_back_as_it_was()
    {
        var answer = Answer("The answer is 42.", AnswerState.Answered);
        answer.Verdict = new("fdbk_1", "down", "It is 43.", null);
        answer.Cost = new(0.0021m, "USD");
        answer.TraceId = new string('a', 32);
        var settings = new AskSettings { Model = "m", StoreId = "vs_1", TopP = 0.5,
            Filters = [new("year", "gte", "2026")] };

        var read = SavedConversation.Read(new SavedConversation([settings, new()], [new("Why?", [answer])]).Write())!;

        Assert.Equal(settings.Filters, read.Columns[0].Filters);
        Assert.Equal(settings, read.Columns[0] with { Filters = settings.Filters });
        var same = read.Turns.Single().Answers.Single();
        Assert.Equal(("The answer is 42.", "samples"), (same.Text, same.StoreTitle));
        Assert.Equal((answer.Verdict, answer.Cost, answer.TraceId), (same.Verdict, same.Cost, same.TraceId));
        Assert.Equal(answer.Citations, same.Citations);
        Assert.Equal(AnswerState.Answered, same.State);
    }

    [Fact]
    public void An_answer_that_the_reload_cut_off_is_stopped_and_a_failure_says_why()
    {
        var failed = Answer("", AnswerState.Failed);
        failed.Fault = new(FaultCode.DependencyUnavailable, "The model is away.");
        var turn = new Turn("Why?", [Answer("The ans", AnswerState.Answering), failed]);

        var answers = SavedConversation.Read(new SavedConversation([new()], [turn]).Write())!.Turns.Single().Answers;

        Assert.Equal((AnswerState.Stopped, "The ans"), (answers[0].State, answers[0].Text));
        Assert.Equal("The model is away.", answers[1].Fault!.Message);
    }

    [Fact]
    public void A_conversation_too_long_for_a_tab_loses_its_oldest_turns()
    {
        var turns = Enumerable.Range(0, 100)
            .Select(i => new Turn($"{i}", [Answer(new string('x', 50_000), AnswerState.Answered)])).ToList();

        var saved = new SavedConversation([new()], turns).Write();

        Assert.InRange(saved.Length, 500_000, 1_001_000);
        Assert.Equal("99", SavedConversation.Read(saved)!.Turns[^1].Question);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"columns":[],"turns":[]}""")]
    [InlineData("""{"columns":[{},{},{}],"turns":[]}""")]
    [InlineData("""{"columns":[{"max_num_results":"x"}],"turns":[]}""")]
    [InlineData("""{"columns":[null],"turns":[]}""")]
    [InlineData("""{"columns":[{}],"turns":[null]}""")]
    [InlineData("""{"columns":[{}],"turns":[{"question":"a","answers":null}]}""")]
    [InlineData("""{"columns":[{}],"turns":[{"question":"a","answers":[null]}]}""")]
    [InlineData("""{"columns":[{"filters":null}],"turns":[]}""")]
    public void What_is_no_conversation_is_forgotten(string? saved) => Assert.Null(SavedConversation.Read(saved));

    private static TurnAnswer Answer(string text, AnswerState state)
    {
        var answer = new TurnAnswer(new(), "samples") { State = state };
        answer.Say(text, text.Length > 3 ? [new("file_citation", "file-1", "a.md", 3, 0, 5, 1, "Top", "The a")] : []);
        return answer;
    }
}
