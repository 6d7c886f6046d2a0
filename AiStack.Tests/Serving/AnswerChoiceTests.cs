using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Serving.Engines.Extractive;
using AiStack.Serving.Questions;
using AiStack.TextAnalysis;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>Which lines are shown as the answer, and how sure it is.</summary>
public sealed class AnswerChoiceTests
{
    private const string Leave = "Carrying over\n\nUp to five unused days may be moved to the next year. They lapse in "
        + "April.\n\nSick leave\n\nCall your manager before nine.";

    private static readonly string _long =
        string.Concat(Enumerable.Repeat("The yard is swept by the morning crew. ", 18)).Trim();

    [Fact]
    public void A_paragraph_is_quoted_whole_under_its_heading_and_not_the_next_section()
    {
        var excerpt = Assert.Single(Choose("How many unused days may be moved?", Passage(Leave)).Excerpts);

        Assert.Equal("Carrying over", excerpt.Section);
        Assert.Equal("Up to five unused days may be moved to the next year. They lapse in April.", excerpt.Shown);
        Assert.Equal("Up to five unused days may be moved to the next year.", Best(excerpt));
    }

    [Fact]
    public void A_heading_that_fits_best_is_answered_by_what_stands_below_it()
    {
        var excerpt = Assert.Single(Choose("Sick leave", Passage(Leave)).Excerpts);

        Assert.Equal("Call your manager before nine.", excerpt.Shown);
    }

    [Fact]
    public void An_item_is_quoted_with_its_list_and_the_line_that_leads_it_in()
    {
        const string List = "Parking\n\nThe permit is for:\n\n- cars with a badge\n- bicycles\n\n";

        var excerpt = Assert.Single(Choose("Is the permit for bicycles?", Passage(List + _long)).Excerpts);

        Assert.Equal("The permit is for:\n\n- cars with a badge\n- bicycles", excerpt.Shown);
    }

    [Theory]
    [InlineData("When is pay day?", "Bank account delivered. Pay day is the 20th.")]
    [InlineData("What happens in the first week?", "[ ] Walk around the yard\n[ ] Bank account delivered. Pay day is "
        + "the 20th.\n[ ] Welcome breakfast with the director")]
    public void A_task_that_has_what_is_asked_is_quoted_without_the_tasks_beside_it(string question, string quoted)
    {
        const string Tasks = "FIRST WEEK\n\n[ ] Walk around the yard\n[ ] Bank account delivered. Pay day is the "
            + "20th.\n[ ] Welcome breakfast with the director";

        Assert.Equal(quoted, Assert.Single(Choose(question, Passage(Tasks)).Excerpts).Shown);
    }

    [Fact]
    public void A_row_of_a_long_table_is_quoted_below_the_names_of_its_columns_without_the_other_rows()
    {
        var others = string.Concat(Enumerable.Range(1, 30).Select(i => $"| Inn number {i} | EUR {i} |\n"));
        var table = $"Hotels\n\n| Place | Price |\n| --- | --- |\n{others}| Rome | EUR 180 |";

        var excerpt = Assert.Single(Choose("What is the price in Rome?", Passage(table)).Excerpts);

        Assert.Equal("Place | Price\nRome | EUR 180", excerpt.Shown);
        Assert.Equal("Rome | EUR 180", Best(excerpt));
    }

    [Fact]
    public void A_row_of_a_CSV_is_quoted_whole_with_the_names_of_its_columns()
    {
        const string Rows = "article: 10; product: Bell; price_eur: 9.00; note: Brass. Loud.\n\n"
            + "article: 11; product: Lamp; price_eur: 19.00; note: Red. Bright.";

        var excerpt = Assert.Single(Choose("price of the Lamp", Passage(Rows)).Excerpts);

        Assert.Equal("article: 11\nproduct: Lamp\nprice_eur: 19.00\nnote: Red. Bright.", excerpt.Shown);
    }

    [Fact]
    public void Of_a_long_paragraph_only_what_is_around_the_sentence_is_quoted()
    {
        var before = string.Concat(Enumerable.Repeat("The yard is swept by the morning crew on most days. ", 12));
        var after = string.Concat(Enumerable.Repeat("Nobody may leave pallets beside the doors overnight. ", 12));

        var excerpt = Assert.Single(Choose(
            "Where is the spare key?", Passage($"Yard\n\n{before}The spare key hangs in the office. {after}".Trim()))
            .Excerpts);

        Assert.Contains("The spare key hangs in the office.", excerpt.Shown, StringComparison.Ordinal);
        Assert.InRange(excerpt.Shown.Length, 100, 450);
    }

    [Fact]
    public void Quotes_are_of_one_section_and_other_documents_are_only_named()
    {
        var other = Passage("Carry over\n\nTen unused days may be moved to the next year.", "old-rules.md");

        var choice = Choose("How many unused days may be moved to the next year?", Passage(Leave), other);

        Assert.Equal("old-rules.md", Assert.Single(choice.Also).Passage.Filename);
        Assert.All(choice.Excerpts, excerpt => Assert.Equal("leave.md", excerpt.Passage.Filename));
        Assert.DoesNotContain("Ten", choice.Excerpts[0].Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_says_it_was_replaced_answers_only_when_the_past_is_asked_for()
    {
        var old = Passage("Ten unused days may be moved to the next year.", "leave-2022-superseded.md")
            with { IsSuperseded = true };
        var current = Passage("Up to five unused days can be carried over.");

        Assert.Equal(current, Choose("How many unused days may be moved to the next year?", old, current)
            .Excerpts[0].Passage);
        Assert.Equal(old, Choose("How many unused days were moved to the next year by the old rules?", old, current)
            .Excerpts[0].Passage);
    }

    [Fact]
    public void Of_things_compared_each_is_quoted()
    {
        var choice = Choose(
            "What is the difference between the bell and the lamp?",
            Passage("The bell is made of brass."), Passage("The lamp is red at night.", "lamp.md"));

        Assert.Equal(
            ["The bell is made of brass.", "The lamp is red at night."], choice.Excerpts.Select(e => e.Shown));
        Assert.Equal("close", choice.Confidence);
    }

    [Theory]
    [InlineData("When does the canteen in Lindhamn open?", "The canteen in Lindhamn opens at ten.", .9, "found")]
    [InlineData("When does the canteen in Lindhamn open?", "The canteen in Havnesund opens at ten.", .9, "close")]
    [InlineData("What does the canteen cost?", "The canteen in Lindhamn opens at ten.", .9, "not_found")]
    [InlineData("Who painted the Night Watch?", "The canteen in Lindhamn opens at ten.", .05, "not_found")]
    public void It_is_found_or_close_or_not_found(string question, string text, double score, string confidence)
    {
        var choice = Choose(question, Passage(text, score: score));

        Assert.Equal(confidence, choice.Confidence);
        Assert.InRange(choice.Support, 0, 1);
        Assert.Equal(confidence == "not_found", choice.Excerpts.Count == 0);
    }

    [Fact]
    public void The_thresholds_are_settings()
    {
        var passage = Passage("The canteen in Lindhamn opens at ten.");
        AnswerChoice Given(ExtractiveOptions options) => Choose("When does the canteen open?", options, passage);

        Assert.Equal("found", Given(new()).Confidence);
        Assert.Equal("close", Given(new() { FoundSupport = 1 }).Confidence);
        Assert.Equal("not_found", Given(new() { MinConfidence = 1 }).Confidence);
    }

    [Fact]
    public void A_reply_reads_well_and_says_where_each_of_its_words_is_from()
    {
        var other = Passage("Carry over\n\nTen unused days may be moved to the next year.", "old-rules.md");
        var choice = Choose("How many unused days may be moved to the next year?", Passage(Leave), other);

        var reply = Reply.To(choice, QuestionForm.Of("?"), Wording.For("?"), .5);

        Assert.Equal(
            "Up to five unused days may be moved to the next year. They lapse in April.\n\n"
            + "From: Leave, \"Carrying over\"\n\nSee also: Old rules, \"Carry over\"",
            string.Concat(reply.Parts.Select(part => part.Text)));
        Assert.All(
            reply.Parts.Where(part => part.Citation is not null),
            part => Assert.Equal(part.Text.Length, part.Citation!.Cited!.Length));
        Assert.Equal(["answer", "also"], reply.Parts.Select(part => part.Citation?.Cited?.Part).OfType<string>());
    }

    [Theory]
    [InlineData("What does the bell cost?", "The sources do not contain an answer to this question.")]
    [InlineData("Wie viel kostet die Glocke?", "Die Quellen enthalten keine Antwort auf diese Frage.")]
    public void What_is_not_found_is_said_in_the_language_of_the_question(string question, string said)
    {
        var reply = Reply.To(new("not_found", 0, [], []), QuestionForm.Of(question), Wording.For(question), .5);

        Assert.Equal(said, Assert.Single(reply.Parts).Text);
        Assert.True(reply.IsRefusal);
    }

    [Theory]
    [InlineData("Summarize the rules", .9, "I can only quote: the passage below is about this.")]
    [InlineData("Write a letter", .2, "I can only quote, and this is the nearest.")]
    [InlineData("Fasse die Regeln zusammen", .9, "Ich kann nur zitieren: Die folgende Stelle handelt davon.")]
    public void What_quotes_cannot_answer_is_said_before_the_quote(string question, double support, string said)
    {
        var choice = Choose("How many unused days may be moved to the next year?", Passage(Leave));
        var form = QuestionForm.Of(question);

        var reply = Reply.To(choice with { Support = support }, form, Wording.For(question), .5);

        Assert.StartsWith(said, reply.Parts[0].Text, StringComparison.Ordinal);
        Assert.Null(reply.Parts[0].Citation);
        Assert.False(reply.IsRefusal);
    }

    internal static string? Best(Excerpt excerpt) => excerpt.Quotes
        .Select(quote => quote.Best is { } best ? quote.Shown[best.Start..best.End] : null).OfType<string>()
        .SingleOrDefault();

    internal static AnswerChoice Choose(string question, params Passage[] passages) =>
        Choose(question, new(), passages);

    internal static AnswerChoice Choose(string question, ExtractiveOptions options, params Passage[] passages)
    {
        var ranked = Candidates.Rank(Found.Question(question), [Found.Search(.9, passages)]);
        return new AnswerChooser(Found.Question(question), QuestionForm.Of(question), ranked, options).Choose();
    }

    /// <summary>A passage from the beginning of a file, of which every sentence fits equally well.</summary>
    internal static Passage Passage(string text, string filename = "leave.md", double score = .9) =>
        Found.Passage(text) with
        {
            Filename = filename,
            FileId = Id<StoredFile>.New(),
            Start = 0,
            End = text.Length,
            Heading = null,
            Score = score,
            Sentences =
            [
                .. Sentences.In(text)
                    .Select(found => new SentenceEvidence(found.Start, found.End, score, score, score)),
            ],
        };
}
