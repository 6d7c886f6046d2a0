using System.Text.Json;
using AiStack.Retrieval.Search;
using AiStack.Retrieval.Storage;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>OpenAI's attribute filters.</summary>
public sealed class FilterTests
{
    private const string Attributes = """{"year": 2026, "team": "hr", "final": true, "date": "2026-03-01"}""";

    [Theory]
    [InlineData("""{"type": "eq", "key": "team", "value": "hr"}""", true)]
    [InlineData("""{"type": "eq", "key": "team", "value": "it"}""", false)]
    [InlineData("""{"type": "eq", "key": "year", "value": "2026"}""", false)]
    [InlineData("""{"type": "eq", "key": "final", "value": true}""", true)]
    [InlineData("""{"type": "ne", "key": "team", "value": "it"}""", true)]
    [InlineData("""{"type": "ne", "key": "missing", "value": 1}""", true)]
    [InlineData("""{"type": "gt", "key": "year", "value": 2026}""", false)]
    [InlineData("""{"type": "gte", "key": "year", "value": 2026}""", true)]
    [InlineData("""{"type": "lt", "key": "date", "value": "2026-04-01"}""", true)]
    [InlineData("""{"type": "lte", "key": "team", "value": 5}""", false)]
    [InlineData("""{"type": "in", "key": "team", "value": ["it", "hr"]}""", true)]
    [InlineData("""{"type": "nin", "key": "team", "value": ["it", "hr"]}""", false)]
    [InlineData("""{"type": "gt", "key": "missing", "value": 1}""", false)]
    [InlineData(
        """
        {"type": "and", "filters": [
            {"type": "eq", "key": "team", "value": "hr"}, {"type": "gt", "key": "year", "value": 2030}]}
        """,
        false)]
    [InlineData(
        """
        {"type": "or", "filters": [
            {"type": "eq", "key": "team", "value": "it"}, {"type": "gt", "key": "year", "value": 2020}]}
        """,
        true)]
    public void A_filter_lets_through_what_it_says(string json, bool passes)
    {
        Assert.True(Filter.Parse(JsonDocument.Parse(json).RootElement).TryGet(out var filter, out _));

        Assert.Equal(passes, filter.Passes(AttributeValue.ReadAll(Attributes)));
    }

    [Fact]
    public void A_filter_nested_without_end_is_refused()
    {
        var json = string.Concat(Enumerable.Repeat("""{"type":"and","filters":[""", 60))
            + """{"type":"eq","key":"a","value":1}""" + string.Concat(Enumerable.Repeat("]}", 60));

        Assert.False(
            Filter.Parse(JsonDocument.Parse(json, new() { MaxDepth = 200 }).RootElement).TryGet(out _, out var fault));
        Assert.Contains("nested at most 8 deep", fault.Message);
    }
}
