using AiStack.Serving.Questions;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>What is no question about the sources, and what asks for more than to be quoted from them.</summary>
public sealed class QuestionTests
{
    [Theory]
    [InlineData("Hi", nameof(SmallTalk.Greeting))]
    [InlineData("hello there!", nameof(SmallTalk.Greeting))]
    [InlineData("Good morning, how are you?", nameof(SmallTalk.Greeting))]
    [InlineData("Guten Tag", nameof(SmallTalk.Greeting))]
    [InlineData("thanks a lot!", nameof(SmallTalk.Thanks))]
    [InlineData("Ok, thank you", nameof(SmallTalk.Thanks))]
    [InlineData("Vielen Dank!", nameof(SmallTalk.Thanks))]
    [InlineData("Thanks, that helped!", nameof(SmallTalk.Thanks))]
    [InlineData("great - that was very helpful, thank you", nameof(SmallTalk.Thanks))]
    [InlineData("Danke, das hat mir geholfen.", nameof(SmallTalk.Thanks))]
    [InlineData("help", nameof(SmallTalk.Help))]
    [InlineData("What can you do?", nameof(SmallTalk.Help))]
    [InlineData("are you a bot?", nameof(SmallTalk.Help))]
    [InlineData("Was kannst du?", nameof(SmallTalk.Help))]
    [InlineData("hey there, who are you?", nameof(SmallTalk.Help))]
    [InlineData("List documents please", nameof(SmallTalk.Documents))]
    [InlineData("List all documents", nameof(SmallTalk.Documents))]
    [InlineData("which documents do you have?", nameof(SmallTalk.Documents))]
    [InlineData("what files are there", nameof(SmallTalk.Documents))]
    [InlineData("Welche Dokumente gibt es?", nameof(SmallTalk.Documents))]
    [InlineData("Hello, how many vacation days do I get?", nameof(SmallTalk.None))]
    [InlineData("Who helps with the laptop?", nameof(SmallTalk.None))]
    [InlineData("Which documents do I need for a visa?", nameof(SmallTalk.None))]
    [InlineData("What are the rules for gifts?", nameof(SmallTalk.None))]
    [InlineData("Thank-you gifts: what is allowed?", nameof(SmallTalk.None))]
    [InlineData("Thanks, that helped with the tent. What does the bell cost?", nameof(SmallTalk.None))]
    [InlineData("", nameof(SmallTalk.None))]
    public void Small_talk_is_all_that_is_said_or_none(string said, string kind) =>
        Assert.Equal(kind, SmallTalkReader.Read(said).ToString());

    [Theory]
    [InlineData("What is the difference between sick leave and care days?", "sick leave", "care days")]
    [InlineData("Drag 40 vs Drag 60", "Drag 40", "Drag 60")]
    [InlineData("Compare the old policy with the new one", "the old policy", "the new one")]
    [InlineData("Is the frame warranty longer than the hub warranty?", "the frame warranty", "the hub warranty")]
    [InlineData("Which is cheaper, Basic or Plus?", "Basic", "Plus")]
    [InlineData("Was ist der Unterschied zwischen Urlaub und Pflegetagen?", "Urlaub", "Pflegetagen")]
    public void Things_that_are_compared_are_told_apart(string question, string one, string other)
    {
        var form = QuestionForm.Of(question);

        Assert.Equal(QuestionFormKind.Comparison, form.Kind);
        Assert.Equal([one, other], form.Things);
    }

    [Theory]
    [InlineData("How many documents mention the recall?", nameof(QuestionFormKind.Counting))]
    [InlineData("Calculate my bonus", nameof(QuestionFormKind.Arithmetic))]
    [InlineData("What is 15% of 4000?", nameof(QuestionFormKind.Arithmetic))]
    [InlineData("Summarize the travel policy", nameof(QuestionFormKind.Summary))]
    [InlineData("Fasse die Reiserichtlinie zusammen", nameof(QuestionFormKind.Summary))]
    [InlineData("Write an email to my manager", nameof(QuestionFormKind.Writing))]
    [InlineData("How many vacation days do I get?", nameof(QuestionFormKind.Plain))]
    [InlineData("Is more than 5 days possible?", nameof(QuestionFormKind.Plain))]
    [InlineData("Can I carry days over?", nameof(QuestionFormKind.Plain))]
    [InlineData("Who writes the minutes?", nameof(QuestionFormKind.Plain))]
    public void What_quotes_alone_cannot_answer_is_known(string question, string kind) =>
        Assert.Equal(kind, QuestionForm.Of(question).Kind.ToString());
}
