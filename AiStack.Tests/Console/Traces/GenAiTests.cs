using AiStack.Console.Traces;
using AiStack.Tests.Console.Telemetry;
using Xunit;

namespace AiStack.Tests.Console.Traces;

/// <summary>What spans say of models, whatever is in them.</summary>
public sealed class GenAiTests
{
    [Fact]
    public void A_conversation_is_its_roles_and_their_words()
    {
        var messages = GenAiMessage.Read(
            """
            [{"role":"user","parts":[{"type":"text","content":"Who pays?"}]},
             {"role":"assistant","parts":[{"type":"tool_call","name":"file_search","arguments":{"query":"pays"}}]},
             {"role":"tool","parts":[{"type":"tool_call_response","response":"The company."}]}]
            """,
            "user");

        Assert.Equal(
            [
                new("user", "Who pays?"),
                new("assistant", """file_search({"query":"pays"})"""),
                new("tool", "The company."),
            ],
            messages);
    }

    [Fact]
    public void Instructions_are_parts_without_a_role() => Assert.Equal(
        [new GenAiMessage("system", "Be brief.")],
        GenAiMessage.Read("""[{"type":"text","content":"Be brief."}]""", "system"));

    [Theory]
    [InlineData("""[{"role":"user","parts":[{"type":"te""")]
    [InlineData("just words")]
    [InlineData("{}")]
    [InlineData("3")]
    public void What_is_no_conversation_is_shown_as_it_is(string text) =>
        Assert.Equal([new GenAiMessage("user", text)], GenAiMessage.Read(text, "user"));

    [Theory]
    [InlineData("[null]")]
    [InlineData("""[{"role":null,"parts":null}]""")]
    [InlineData("""["<b>"]""")]
    public void Odd_messages_break_nothing(string text) => Assert.Single(GenAiMessage.Read(text, "user"));

    [Fact]
    public void Nothing_captured_is_no_conversation() => Assert.Empty(GenAiMessage.Read(null, "user"));

    [Fact]
    public void Model_tokens_cache_and_cost_are_said_in_words()
    {
        var facts = GenAiCall.Facts(Spans.Span(1, 1, attributes:
        [
            ("gen_ai.request.model", "default"),
            ("gen_ai.response.model", "gpt-9"),
            ("gen_ai.usage.input_tokens", "1200"),
            ("gen_ai.usage.cache_read.input_tokens", "1000"),
            ("gen_ai.usage.cost", "0.00034"),
            ("gen_ai.response.finish_reasons", "[\"stop\"]"),
        ]));

        Assert.Equal(
            [
                ("Model", "gpt-9"), ("Asked for", "default"), ("Tokens in", "1,200"), ("of them cached", "1,000"),
                ("Cost", "0.00034 USD"), ("Ended by", "stop"),
            ],
            facts);
    }

    [Fact]
    public void Passages_lead_to_their_place_in_their_document()
    {
        const string Found = """[{"id":"chunk-1","score":0.83,"file_id":"file-1","start":5,"end":9}, null]""";
        var span = Spans.Span(1, 1, attributes: [(RetrievedPassage.Attribute, Found)]);

        var passage = Assert.Single(RetrievedPassage.In(span));
        Assert.Equal("documents/file-1?start=5&end=9", passage.Href);
        Assert.Equal(0.83, passage.Score);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""[{"score":"high"}]""")]
    public void Passages_that_cannot_be_read_are_none(string text) =>
        Assert.Empty(RetrievedPassage.In(Spans.Span(1, 1, attributes: [(RetrievedPassage.Attribute, text)])));
}
