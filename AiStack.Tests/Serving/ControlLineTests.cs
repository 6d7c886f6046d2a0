using AiStack.Contracts.Search;
using AiStack.Serving.Engines.Extractive;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>The line of number, version, date and owner answers only questions about the document.</summary>
public sealed class ControlLineTests
{
    private static readonly Passage _head = AnswerChoiceTests.Passage(
        "# Passphrase policy\n\nQX-003, version 5, valid from 1 June 2025. Owner: Ada Holm, head of IT.", score: .95);

    private static readonly Passage _rule = AnswerChoiceTests.Passage(
        "## Choosing one\n\nA passphrase of the policy has fourteen characters.", score: .9);

    [Theory]
    [InlineData("What must a passphrase be like by the policy?")]
    [InlineData("passphrase policy length")]
    public void It_is_no_answer_to_what_the_document_says(string question)
    {
        var choice = AnswerChoiceTests.Choose(question, _head, _rule);

        Assert.DoesNotContain(choice.Excerpts, excerpt => excerpt.Shown.Contains("QX-003", StringComparison.Ordinal));
        Assert.Contains(choice.Excerpts, excerpt => excerpt.Shown.Contains("fourteen", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Who is the owner of the passphrase policy?")]
    [InlineData("Since when is the passphrase policy valid?")]
    [InlineData("Which version of the passphrase policy is current?")]
    public void It_answers_who_keeps_the_document_and_since_when_it_holds(string question) =>
        Assert.Contains(
            "QX-003", AnswerChoiceTests.Choose(question, _head, _rule).Excerpts[0].Shown, StringComparison.Ordinal);

    [Theory]
    [InlineData("Version 4.0.0 brings the immobiliser.")]
    [InlineData("Owners of a Fjell 2 get a new hitch.")]
    public void Releases_and_owners_of_things_are_no_such_line(string sentence) =>
        Assert.False(ControlLine.Is(sentence));
}
