using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Retrieval.Storage;

/// <summary>An attribute of a file, which filters compare: text, a number or a truth value.</summary>
internal readonly record struct AttributeValue(string? Text, double? Number, bool? Truth)
{
    /// <summary>OpenAI's limits.</summary>
    private const int MaxAttributes = 16;
    private const int MaxKeyLength = 64;
    private const int MaxTextLength = 512;

    public static AttributeValue? From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new(value.GetString(), null, null),
        JsonValueKind.Number when double.IsFinite(value.GetDouble()) => new(null, value.GetDouble(), null),
        JsonValueKind.True => new(null, null, true),
        JsonValueKind.False => new(null, null, false),
        _ => null,
    };

    public static Dictionary<string, AttributeValue> ReadAll(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject()
            .Where(property => From(property.Value) is not null)
            .ToDictionary(property => property.Name, property => From(property.Value)!.Value, StringComparer.Ordinal);
    }

    /// <summary>What is stored for attributes or metadata that were given, or were not.</summary>
    public static string ToJson(JsonElement? given) =>
        given is { ValueKind: JsonValueKind.Object } attributes ? attributes.GetRawText() : "{}";

    /// <summary>Metadata are attributes whose values are all text.</summary>
    public static Fault? CheckMetadata(JsonElement? metadata)
    {
        if (Check(metadata, "metadata") is { } fault)
        {
            return fault;
        }

        var wrong = metadata is { ValueKind: JsonValueKind.Object } given
            ? given.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.String).ToList()
            : [];
        return wrong is [var first, ..] ? Wrong($"metadata.{first.Name}", "must be a string") : null;
    }

    /// <summary>Says what is wrong with attributes, if anything.</summary>
    public static Fault? Check(JsonElement? given, string name)
    {
        if (given is not { ValueKind: not JsonValueKind.Null } attributes)
        {
            return null;
        }

        if (attributes.ValueKind != JsonValueKind.Object)
        {
            return Wrong(name, "must be an object");
        }

        if (attributes.GetPropertyCount() > MaxAttributes)
        {
            return Wrong(name, $"may have at most {MaxAttributes} entries");
        }

        foreach (var property in attributes.EnumerateObject())
        {
            var fault = (property.Name.Length, From(property.Value)) switch
            {
                (0 or > MaxKeyLength, _) => Wrong(name, $"must have names of 1 to {MaxKeyLength} characters"),
                (_, null) => Wrong($"{name}.{property.Name}", "must be a string, a number or a boolean"),
                (_, { Text.Length: > MaxTextLength }) =>
                    Wrong($"{name}.{property.Name}", $"may have at most {MaxTextLength} characters"),
                _ => null,
            };
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private static Fault Wrong(string field, string what) =>
        new(FaultCode.InvalidArgument, $"'{field}' {what}.", field);
}
