using System.Text;
using AiStack.Evals.Answers;
using AiStack.Evals.Datasets;
using Xunit;

namespace AiStack.Tests.Evals.Answers;

public sealed class ResponseReaderTests
{
    private static readonly DatasetItem _item = new("{}", "How many?", "leave.md", ["25 days"], Answerable: true);

    [Fact]
    public void What_an_answer_shows_is_measured_against_what_was_expected()
    {
        var answer = Read(
            """
            {"id":"resp_1","status":"completed","model":"extractive","output":[
              {"type":"file_search_call","results":[
                {"file_id":"file-1","filename":"pay.md"},{"file_id":"file-2","filename":"leave.md"},
                {"file_id":"file-2","filename":"leave.md"}]},
              {"type":"message","content":[{"type":"output_text","text":"You have 25 days.","annotations":[
                {"type":"file_citation","index":5,"file_id":"file-1","filename":"pay.md"},
                {"type":"url_citation","url":"https://example.org"},
                {"type":"file_citation","index":17,"file_id":"file-2","filename":"leave.md"}]}]}],
             "usage":{"input_tokens":120,"output_tokens":7,"total_tokens":127},"metadata":{}}
            """);

        var observation = answer.Observe(3, _item, TimeSpan.FromSeconds(2));

        Assert.Equal("resp_1", answer.ResponseId);
        Assert.Equal(2, observation.SourceRank);
        Assert.False(observation.FirstCitationRight);
        Assert.True(observation.AnyCitationRight);
        Assert.True(observation.AnswerContained);
        Assert.False(observation.Refused);
        Assert.Equal((120, 7), (observation.InputTokens, observation.OutputTokens));
    }

    [Theory]
    [InlineData("""{"type":"output_text","text":"The sources do not say."}""", """{"aistack.refused":"true"}""")]
    [InlineData("""{"type":"refusal","refusal":"I cannot answer that."}""", "{}")]
    public void A_refusal_is_seen_in_either_form(string part, string metadata)
    {
        var answer = Read(
            "{\"id\":\"resp_1\",\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":["
            + part + "]}],\"metadata\":" + metadata + "}");

        Assert.True(answer.Refused);
    }

    [Fact]
    public void A_source_is_known_by_its_file_id_too() =>
        Assert.True(new SourceFile("file-2", "leave.md").Is("file-2"));

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"resp_1","output":"text"}""")]
    [InlineData("""{"id":"resp_1","status":"failed","output":[],"error":{"code":"server_error","message":"no"}}""")]
    [InlineData("""{"id":"resp_1","status":"incomplete","output":[]}""")]
    public void What_is_no_completed_response_is_a_fault(string body) =>
        Assert.False(ResponseReader.Read(Encoding.UTF8.GetBytes(body)).TryGet(out _, out _));

    private static Answer Read(string body)
    {
        var outcome = ResponseReader.Read(Encoding.UTF8.GetBytes(body));
        Assert.True(outcome.TryGet(out var answer, out var fault), fault?.Message);
        return answer;
    }
}
