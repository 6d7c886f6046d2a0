using System.Text.Json;
using AiStack.Console.Attributes;
using Xunit;

namespace AiStack.Tests.Console.Attributes;

/// <summary>Attributes as people write them are numbers, truth values and texts, and come back as they were.</summary>
public sealed class AttributeTextTests
{
    [Theory]
    [InlineData("2026", "2026")]
    [InlineData(" -3.5 ", "-3.5")]
    [InlineData("1e3", "1000")]
    [InlineData("true", "true")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("\"2026\"", "\"2026\"")]
    [InlineData("True", "\"True\"")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData("2026-01-05", "\"2026-01-05\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("\"broken\\\"", "\"broken\\\\\"")]
    [InlineData("\"", "\"\\u0022\"")]
    [InlineData("", "\"\"")]
    public void A_value_is_what_it_looks_like(string written, string json) =>
        Assert.True(JsonElement.DeepEquals(
            JsonDocument.Parse(json).RootElement, JsonDocument.Parse(AttributeText.Read(written).ToJsonString())
                .RootElement));

    [Theory]
    [InlineData("\"plain\"")]
    [InlineData("\"2026\"")]
    [InlineData("\"true\"")]
    [InlineData("\" spaced \"")]
    [InlineData("\"\\\"quoted\\\"\"")]
    [InlineData("\"a\\\\b\"")]
    [InlineData("\"\"")]
    [InlineData("12.25")]
    [InlineData("false")]
    public void A_value_that_is_shown_reads_back_as_itself(string json)
    {
        var value = JsonDocument.Parse(json).RootElement;

        var read = JsonDocument.Parse(AttributeText.Read(AttributeText.Write(value)).ToJsonString()).RootElement;

        Assert.True(JsonElement.DeepEquals(value, read), AttributeText.Write(value));
    }
}
