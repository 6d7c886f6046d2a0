using System.Text.Json;
using AiStack.Evals.Datasets;
using Xunit;

namespace AiStack.Tests.Evals.Datasets;

public sealed class ItemSchemaTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "\"a\"", null)]
    [InlineData("""{"type":["string","null"]}""", "null", null)]
    [InlineData("""{"type":"integer"}""", "3.0", null)]
    [InlineData("""{"type":"integer"}""", "3.5", "")]
    [InlineData("""{"type":"object","required":["a"]}""", "{}", "a")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"type":"boolean"}}}}}""", """{"a":{"b":1}}""", "a.b")]
    [InlineData("""{"properties":{"a":{"items":{"type":"number"}}}}""", """{"a":[1,"2"]}""", "a[1]")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":false}""", """{"a":1,"b":2}""", "b")]
    [InlineData("""{"enum":[{"a":1}]}""", """{"a":1.0}""", null)]
    [InlineData("{}", "[1]", null)]
    public void A_value_is_checked_and_the_field_at_fault_named(string schema, string value, string? fieldAtFault)
    {
        using var json = JsonDocument.Parse(value);

        var fault = ItemSchema.Parse(schema).Check(json.RootElement);

        Assert.Equal(fieldAtFault is not null, fault is not null);
        Assert.Equal(fieldAtFault ?? "", fault?.Parameter ?? "");
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"pattern":"^(a+)+$"}}}""", ".properties.a.pattern")]
    [InlineData("""{"$ref":"https://example.org/schema.json"}""", ".$ref")]
    [InlineData("""{"anyOf":[{"type":"string"}]}""", ".anyOf")]
    [InlineData("""{"type":"text"}""", ".type")]
    [InlineData("""{"required":[1]}""", ".required")]
    [InlineData("""{"properties":{"a":1}}""", ".properties.a")]
    [InlineData("""[]""", "")]
    public void What_would_not_be_checked_is_refused_by_name(string schema, string path)
    {
        using var json = JsonDocument.Parse(schema);

        Assert.False(ItemSchema.Read(json.RootElement).TryGet(out _, out var fault));
        Assert.StartsWith($"'data_source_config.item_schema{path}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_of_endless_depth_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"items":""", 40)) + "{}" + new string('}', 40);
        using var json = JsonDocument.Parse(deep);

        Assert.False(ItemSchema.Read(json.RootElement).TryGet(out _, out _));
    }
}
