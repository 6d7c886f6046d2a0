using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Evals.Datasets;

/// <summary>
/// The schema that an eval demands of its items: the part of JSON Schema that datasets use. A keyword outside of it is
/// refused when the eval is created, so that no rule is silently not checked.
/// </summary>
internal sealed class ItemSchema
{
    private const int MaxDepth = 8;
    private const string Parameter = "data_source_config.item_schema";

    private static readonly string[] _checked =
        ["type", "properties", "required", "additionalProperties", "items", "enum"];

    private static readonly string[] _notes =
        ["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated"];

    private static readonly string[] _types =
        ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly JsonElement _schema;

    private ItemSchema(JsonElement schema) => _schema = schema;

    /// <summary>Reads a schema that was accepted before.</summary>
    public static ItemSchema Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new(document.RootElement.Clone());
    }

    /// <summary>Accepts a schema, or says which keyword cannot be checked.</summary>
    public static Outcome<ItemSchema> Read(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return Wrong("", "must be a JSON Schema: an object");
        }

        return FindFault(schema, "", depth: 0) is { } fault ? fault : new ItemSchema(schema.Clone());
    }

    /// <summary>What is wrong with an item, if anything; the fault's parameter is the path of the field.</summary>
    public Fault? Check(JsonElement item) => Check(_schema, item, "");

    private static Fault? FindFault(JsonElement schema, string path, int depth)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return null;
        }

        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return Wrong(path, $"must be a schema, at most {MaxDepth} levels deep");
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            if (FindFault(keyword, path, depth) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static Fault? FindFault(JsonProperty keyword, string path, int depth)
    {
        var here = $"{path}.{keyword.Name}";
        return keyword.Name switch
        {
            _ when _notes.Contains(keyword.Name) => null,
            _ when !_checked.Contains(keyword.Name) =>
                Wrong(here, $"is not supported; supported: {string.Join(", ", _checked)}"),
            "type" => IsType(keyword.Value) ? null : Wrong(here, $"must be of {string.Join(", ", _types)}"),
            "properties" => keyword.Value.ValueKind != JsonValueKind.Object
                ? Wrong(here, "must be an object")
                : keyword.Value.EnumerateObject()
                    .Select(property => FindFault(property.Value, $"{here}.{property.Name}", depth + 1))
                    .FirstOrDefault(fault => fault is not null),
            "required" => Strings(keyword.Value) is null ? Wrong(here, "must be a list of names") : null,
            "enum" => keyword.Value.ValueKind == JsonValueKind.Array ? null : Wrong(here, "must be a list"),
            _ => FindFault(keyword.Value, here, depth + 1),
        };
    }

    private static Fault? Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.ValueKind == JsonValueKind.True ? null : Mismatch(path, "is not allowed");
        }

        if (schema.TryGetProperty("type", out var type) && !(Strings(type) ?? []).Any(name => IsOfType(value, name)))
        {
            return Mismatch(path, $"must be of type {string.Join(" or ", Strings(type) ?? [])}");
        }

        if (schema.TryGetProperty("enum", out var allowed)
            && !allowed.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
        {
            return Mismatch(path, "is none of the values that the schema allows");
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => CheckObject(schema, value, path),
            JsonValueKind.Array when schema.TryGetProperty("items", out var each) => value.EnumerateArray()
                .Select((element, index) => Check(each, element, $"{path}[{index}]"))
                .FirstOrDefault(fault => fault is not null),
            _ => null,
        };
    }

    private static Fault? CheckObject(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            var missing = Strings(required)!.FirstOrDefault(name => !value.TryGetProperty(name, out _));
            if (missing is not null)
            {
                return Mismatch(Join(path, missing), "is missing");
            }
        }

        var hasProperties = schema.TryGetProperty("properties", out var properties);
        var hasRest = schema.TryGetProperty("additionalProperties", out var rest);
        foreach (var field in value.EnumerateObject())
        {
            JsonElement? expected = hasProperties && properties.TryGetProperty(field.Name, out var named) ? named
                : hasRest ? rest
                : null;
            if (expected is { } found && Check(found, field.Value, Join(path, field.Name)) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static bool IsType(JsonElement type) =>
        Strings(type) is { Length: > 0 } names && names.All(_types.Contains);

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number
            && value.TryGetDecimal(out var number) && number == decimal.Truncate(number),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };

    /// <summary>A string, or a list of strings; null for anything else.</summary>
    private static string[]? Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.EnumerateArray().All(element => element.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(element => element.GetString()!)],
        _ => null,
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static Fault Wrong(string path, string rule) =>
        new(FaultCode.InvalidArgument, $"'{Parameter}{path}' {rule}.", Parameter);

    private static Fault Mismatch(string path, string rule) =>
        new(FaultCode.InvalidArgument, rule, path.Length == 0 ? null : path);
}
