using AiStack.Evals.Answers;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Evals.Answers;

public sealed class ExpectedAnswerTests
{
    [Theory]
    [InlineData("You have 25 days of leave.", "25 days")]
    [InlineData("The fee is EUR 1,000.", "1000")]
    [InlineData("The fee is EUR 1000.", "1,000")]
    [InlineData("It is called “North-Star”!", "north star")]
    [InlineData("Écrivez à l'ACCUEIL.", "l'accueil")]
    [InlineData("Caf\u00E9 Central", "cafe\u0301 central")]
    [InlineData("請於三月一日前提交", "請於三月一日前提交")]
    [InlineData("version 3.5 is out", "3.5")]
    public void An_answer_is_found_whatever_its_case_punctuation_and_form(string text, string expected) =>
        Assert.True(ExpectedAnswer.IsIn(text, expected));

    [Theory]
    [InlineData("Founded in 2012.", "12")]
    [InlineData("Rooms 3,4 are free.", "34")]
    [InlineData("25 working days", "25 days")]
    [InlineData("anything at all", "…")]
    [InlineData("", "word")]
    [InlineData("resume", "résumé")]
    public void What_only_looks_alike_is_not_found(string text, string expected) =>
        Assert.False(ExpectedAnswer.IsIn(text, expected));

    [Fact]
    public void A_text_holds_each_run_of_its_own_words() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 6].Array[1, 12], Gen.Int[0, 11], Gen.Int[1, 12]).Sample(
            (words, start, count) =>
            {
                var run = words.Skip(start % words.Length).Take(count);
                return ExpectedAnswer.IsIn(string.Join(" ", words), string.Join(" - ", run).ToLowerInvariant());
            });
}
