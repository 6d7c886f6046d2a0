using System.Text;
using AiStack.Contracts;
using AiStack.Evals.Datasets;
using CsCheck;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Evals.Datasets;

public sealed class DatasetReaderTests
{
    private const string Good = """{"question":"How many?","filename":"leave.md","answer":"25"}""";

    private static readonly ItemSchema _anyObject = ItemSchema.Parse("""{"type":"object"}""");

    private readonly DatasetReader _reader =
        new(Options.Create(new DatasetOptions { MaxItems = 100, MaxLineBytes = 512 }));

    [Fact]
    public void A_dataset_is_read_line_by_line()
    {
        const string Enveloped = """{"item":{"question":"Who?","source":"file-1","answer":["Ada","Ada L."]}}""";
        const string Unanswerable = """{"question":"When does the moon close?","answerable":false}""";

        var dataset = Read($"{Good}\r\n\r\n{Enveloped}\r\n{Unanswerable}");

        Assert.Collection(
            dataset.Items,
            first => Assert.Equal(("How many?", "leave.md", true), (first.Question, first.Source, first.Answerable)),
            second => Assert.Equal(["Ada", "Ada L."], second.Answers),
            third => Assert.Equal((null, false), (third.Source, third.Answerable)));
    }

    [Theory]
    [InlineData("{\"question\":\"How many?\"", "Line 2", "not valid JSON")]
    [InlineData("[]", "Line 2", "must be of type object")]
    [InlineData("null", "Line 2", "must be of type object")]
    [InlineData("{}", "Line 2", "'question'")]
    [InlineData("""{"question":""}""", "Line 2", "'question'")]
    [InlineData("""{"question":7,"filename":"a.md"}""", "Line 2", "'question'")]
    [InlineData("""{"question":"a?"}""", "Line 2", "'filename'")]
    [InlineData("""{"question":"a?","filename":" "}""", "Line 2", "'filename'")]
    [InlineData("""{"question":"a?","filename":"a.md","answer":7}""", "Line 2", "'answer'")]
    [InlineData("""{"question":"a?","filename":"a.md","answer":[]}""", "Line 2", "'answer'")]
    [InlineData("""{"question":"a?","filename":"a.md","answer":[" "]}""", "Line 2", "'answer'")]
    [InlineData("""{"question":"a?","answerable":"no"}""", "Line 2", "'answerable'")]
    [InlineData("""{"question":"a?","answerable":false,"answer":"b"}""", "Line 2", "'answer'")]
    [InlineData("""{"question":"a?","question":"b?","filename":"a.md"}""", "Line 2", "not valid JSON")]
    [InlineData("""{"question":"\ud800","filename":"a.md"}""", "Line 2", "half a character")]
    [InlineData("""{"question":"a?","filename":"a.md"} {}""", "Line 2", "not valid JSON")]
    public void A_bad_line_is_named_with_its_field(string line, string place, string reason)
    {
        var fault = Refused($"{Good}\n{line}\n{Good}");

        Assert.StartsWith(place, fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Equal("data_source.source", fault.Parameter);
    }

    [Fact]
    public void A_dataset_past_its_limits_is_refused()
    {
        Assert.Contains("more than 100 items", Refused(string.Join('\n', Enumerable.Repeat(Good, 101))).Message);
        Assert.Contains("longer than 512 bytes", Refused(new string('x', 513)).Message);
        Assert.Contains("longer than 512 bytes", Refused(new string('[', 100_000)).Message);
        Assert.Contains("not valid JSON", Refused(new string('[', 500)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n \t\r\n")]
    [InlineData("\uFEFF")]
    public void An_empty_dataset_is_refused(string text) => Assert.Contains("no items", Refused(text).Message);

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        Assert.False(_reader.ReadLines(new byte[] { 0x7B, 0xFF, 0xFE, 0x7D }, _anyObject).TryGet(out _, out var fault));

        Assert.Contains("Line 1 is not valid UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_a_dataset_or_a_fault_and_never_an_error() =>
        Gen.Byte.Array[0, 200].Sample(bytes => _reader.ReadLines(bytes, _anyObject).TryGet(out _, out var fault)
            || fault.Code == FaultCode.InvalidArgument);

    [Fact]
    public void The_hash_is_of_the_items_and_not_of_the_spaces_between_them()
    {
        var compact = Read(Good);
        var spaced = Read("\uFEFF\n" + Good.Replace(":", " : ", StringComparison.Ordinal) + "\r\n\r\n");
        var other = Read(Good.Replace("25", "26", StringComparison.Ordinal));

        Assert.Equal(compact.Sha256, spaced.Sha256);
        Assert.NotEqual(compact.Sha256, other.Sha256);
    }

    [Fact]
    public void The_schema_of_the_eval_is_checked()
    {
        var schema = ItemSchema.Parse("""{"required":["team"],"properties":{"team":{"enum":["hr","it"]}}}""");

        Assert.False(_reader.ReadLines(Encoding.UTF8.GetBytes(Good), schema).TryGet(out _, out var missing));
        var wrong = Good.Replace("{", """{"team":"ops",""", StringComparison.Ordinal);
        Assert.False(_reader.ReadLines(Encoding.UTF8.GetBytes(wrong), schema).TryGet(out _, out var other));

        Assert.Equal("Line 1: 'team' is missing.", missing.Message);
        Assert.StartsWith("Line 1: 'team' is none of", other.Message, StringComparison.Ordinal);
    }

    private Dataset Read(string text)
    {
        var outcome = _reader.ReadLines(Encoding.UTF8.GetBytes(text), _anyObject);
        Assert.True(outcome.TryGet(out var dataset, out var fault), fault?.Message);
        return dataset;
    }

    private Fault Refused(string text)
    {
        Assert.False(_reader.ReadLines(Encoding.UTF8.GetBytes(text), _anyObject).TryGet(out _, out var fault));
        return fault;
    }
}
