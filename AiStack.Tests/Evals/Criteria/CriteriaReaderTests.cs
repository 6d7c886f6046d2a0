using System.Text.Json;
using AiStack.Evals.Answers;
using AiStack.Evals.Criteria;
using AiStack.Evals.Datasets;
using Xunit;

namespace AiStack.Tests.Evals.Criteria;

public sealed class CriteriaReaderTests
{
    private static readonly SourceFile _right = new("file-1", "leave.md");
    private static readonly SourceFile _wrong = new("file-2", "pay.md");

    private static readonly Answer _givenAnswer =
        new("resp_1", "m", "It is 25 Days.", false, [_wrong, _right], [_wrong, _right], 1, 1);

    [Theory]
    [InlineData("{{ sample.output_text }}", "ilike", "{{item.answer}}", true)]
    [InlineData("{{sample.output_text}}", "like", "{{item.answer}}", false)]
    [InlineData("{{sample.output_text}}", "like", "25", true)]
    [InlineData("{{sample.cited_filename}}", "eq", "pay.md", true)]
    [InlineData("{{sample.refused}}", "ne", "true", true)]
    [InlineData("{{item.count}}-{{item.filename}}", "eq", "3-leave.md", true)]
    public void A_string_check_compares_two_filled_templates(
        string input, string operation, string reference, bool passes)
    {
        var check = JsonSerializer.Serialize(
            new[] { new { type = "string_check", name = "n", input, operation, reference } });

        Assert.Equal(passes, Read(check).Single().Of(SampleOf(Item("25 days"), _givenAnswer))?.Passed);
    }

    [Theory]
    [InlineData("""{"type":"source_retrieved","name":"n"}""", true)]
    [InlineData("""{"type":"source_retrieved","name":"n","max_rank":1}""", false)]
    [InlineData("""{"type":"source_cited","name":"n"}""", false)]
    [InlineData("""{"type":"source_cited","name":"n","citation":"any"}""", true)]
    [InlineData("""{"type":"answer_contained","name":"n"}""", true)]
    [InlineData("""{"type":"refusal","name":"n"}""", true)]
    public void A_criterion_grades_an_answer(string criterion, bool passes)
    {
        var grade = Read($"[{criterion}]").Single().Of(SampleOf(Item("25 days"), _givenAnswer));

        Assert.Equal(passes, grade?.Passed);
    }

    [Fact]
    public void What_a_question_without_a_source_cannot_meet_is_not_held_against_it()
    {
        var item = DatasetItem.Parse("""{"question":"?","answerable":false}""");
        var criteria = Read(
            """
            [{"type":"source_retrieved","name":"r"},{"type":"source_cited","name":"c"},
             {"type":"answer_contained","name":"a"},{"type":"refusal","name":"f"}]
            """);

        var refused = SampleOf(item, new("resp_1", "m", "", true, [_wrong], [], 1, 1));
        var invented = SampleOf(item, new("resp_1", "m", "42", false, [_wrong], [_wrong], 1, 1));

        Assert.Equal([null, null, null, true], criteria.Select(criterion => criterion.Of(refused)?.Passed));
        Assert.Equal([null, null, null, false], criteria.Select(criterion => criterion.Of(invented)?.Passed));
    }

    [Theory]
    [InlineData("[]", "testing_criteria")]
    [InlineData("{}", "testing_criteria")]
    [InlineData("[7]", "testing_criteria[0]")]
    [InlineData("""[{"type":"python","name":"n","source":"…"}]""", "testing_criteria[0].type")]
    [InlineData("""[{"type":"label_model","name":"n"}]""", "testing_criteria[0].type")]
    [InlineData("""[{"type":"refusal"}]""", "testing_criteria[0].name")]
    [InlineData("""[{"type":"refusal","name":"n"},{"type":"refusal","name":"n"}]""", "testing_criteria[1].name")]
    [InlineData("""[{"type":"refusal","name":"n","weight":2}]""", "testing_criteria[0].weight")]
    [InlineData("""[{"type":"source_retrieved","name":"n","max_rank":0}]""", "testing_criteria[0].max_rank")]
    [InlineData("""[{"type":"source_retrieved","name":"n","max_rank":2.5}]""", "testing_criteria[0].max_rank")]
    [InlineData("""[{"type":"source_cited","name":"n","citation":1}]""", "testing_criteria[0].citation")]
    public void What_would_not_be_checked_is_refused_by_name(string criteria, string parameter)
    {
        using var json = JsonDocument.Parse(criteria);

        Assert.False(CriteriaReader.Read(json.RootElement).TryGet(out _, out var fault));
        Assert.Equal(parameter, fault.Parameter);
    }

    [Theory]
    [InlineData("a", "regex", "b", "operation")]
    [InlineData("{{sample.logprobs}}", "eq", "b", "input")]
    [InlineData("a", "eq", "{{item.a.b}}", "reference")]
    [InlineData("a", "eq", "{{env.KEY}}", "reference")]
    [InlineData("{{}}", "eq", "b", "input")]
    public void A_template_that_could_not_be_filled_is_refused(
        string input, string operation, string reference, string parameter)
    {
        using var json = JsonSerializer.SerializeToDocument(
            new[] { new { type = "string_check", name = "n", input, operation, reference } });

        Assert.False(CriteriaReader.Read(json.RootElement).TryGet(out _, out var fault));
        Assert.Equal($"testing_criteria[0].{parameter}", fault.Parameter);
    }

    [Fact]
    public void A_value_that_looks_like_a_template_is_not_filled_in_again()
    {
        var item = Item("{{sample.output_text}}");
        var answer = new Answer("resp_1", "m", "secret", false, [], [], 1, 1);
        const string Check =
            """[{"type":"string_check","name":"n","input":"secret","reference":"{{item.answer}}","operation":"eq"}]""";

        Assert.False(Read(Check).Single().Of(SampleOf(item, answer))?.Passed);
    }

    private static DatasetItem Item(string answer) => DatasetItem.Parse(
        JsonSerializer.Serialize(new { question = "How many?", filename = "leave.md", answer, count = 3 }));

    private static Sample SampleOf(DatasetItem item, Answer answer) =>
        new(item, answer, answer.Observe(0, item, TimeSpan.Zero));

    private static IReadOnlyList<Criterion> Read(string json) => CriteriaReader.Parse(json);
}
