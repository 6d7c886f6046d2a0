using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Contracts;
using Npgsql;

namespace AiStack.Evals.Definitions;

/// <summary>An eval, in OpenAI's shape.</summary>
internal sealed record EvalView(
    Id<Eval> Id,
    string Name,
    long CreatedAt,
    JsonNode DataSourceConfig,
    JsonElement TestingCriteria,
    Dictionary<string, string>? Metadata)
{
    public string Object { get; } = "eval";

    /// <summary>
    /// Reads a row of: id, name, created_at, item_schema, include_sample_schema, testing_criteria, metadata.
    /// </summary>
    public static EvalView Read(NpgsqlDataReader row) => new(
        new(row.GetGuid(0)),
        row.GetString(1),
        row.GetFieldValue<DateTimeOffset>(2).ToUnixTimeSeconds(),
        Config(row.GetString(3), row.GetBoolean(4)),
        StoredJson.Read<JsonElement>(row.GetString(5)),
        row.IsDBNull(6) ? null : StoredJson.Read<Dictionary<string, string>>(row.GetString(6)));

    // What goes in is the schema of an item; what comes out is that of the whole line: an item, and perhaps a sample.
    private static JsonObject Config(string itemSchema, bool includeSample)
    {
        var properties = new JsonObject { ["item"] = JsonNode.Parse(itemSchema) };
        if (includeSample)
        {
            properties["sample"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject(Criteria.Template.SampleFields.Select(
                    field => KeyValuePair.Create<string, JsonNode?>(field, new JsonObject { ["type"] = "string" }))),
            };
        }

        var required = new JsonArray([.. properties.Select(property => JsonValue.Create(property.Key))]);
        return new()
        {
            ["type"] = "custom",
            ["schema"] = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required },
        };
    }
}
