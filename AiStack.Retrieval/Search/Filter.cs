using System.Text.Json;
using AiStack.Contracts;
using AiStack.Retrieval.Storage;

namespace AiStack.Retrieval.Search;

/// <summary>OpenAI's attribute filter: a comparison, or several joined by <c>and</c> or <c>or</c>.</summary>
internal abstract record Filter
{
    private const int MaxDepth = 8;
    private const int MaxParts = 100;

    /// <summary>
    /// Whether a file with these attributes passes. One without the attribute passes no comparison but "not".
    /// </summary>
    public abstract bool Passes(IReadOnlyDictionary<string, AttributeValue> attributes);

    public static Outcome<Filter> Parse(JsonElement json)
    {
        var parts = 0;
        return Parse(json, "filters", depth: 0, ref parts);
    }

    private static Outcome<Filter> Parse(JsonElement json, string path, int depth, ref int parts)
    {
        if (depth > MaxDepth || ++parts > MaxParts)
        {
            return Wrong(path, $"may hold at most {MaxParts} comparisons, nested at most {MaxDepth} deep");
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("type", out var type))
        {
            return Wrong(path, "must be an object with 'type'");
        }

        return type.ValueKind == JsonValueKind.String && type.GetString() is ("and" or "or")
            ? ParseCompound(json, path, type.GetString() == "and", depth, ref parts)
            : ParseComparison(json, path, type.ToString());
    }

    private static Outcome<Filter> ParseCompound(JsonElement json, string path, bool all, int depth, ref int parts)
    {
        if (!json.TryGetProperty("filters", out var filters) || filters.ValueKind != JsonValueKind.Array)
        {
            return Wrong($"{path}.filters", "must be a list of filters");
        }

        var parsed = new List<Filter>();
        foreach (var (i, inner) in filters.EnumerateArray().Index())
        {
            if (!Parse(inner, $"{path}.filters[{i}]", depth + 1, ref parts).TryGet(out var filter, out var fault))
            {
                return fault;
            }

            parsed.Add(filter);
        }

        return new Compound(all, parsed);
    }

    private static Outcome<Filter> ParseComparison(JsonElement json, string path, string type)
    {
        if (type is not ("eq" or "ne" or "gt" or "gte" or "lt" or "lte" or "in" or "nin"))
        {
            return Wrong($"{path}.type", "must be one of: eq, ne, gt, gte, lt, lte, in, nin, and, or");
        }

        if (!json.TryGetProperty("key", out var key) || key.ValueKind != JsonValueKind.String)
        {
            return Wrong($"{path}.key", "must be a string");
        }

        if (!json.TryGetProperty("value", out var value))
        {
            return Wrong($"{path}.value", "is missing");
        }

        var isList = type is "in" or "nin";
        if (isList != (value.ValueKind == JsonValueKind.Array))
        {
            return Wrong($"{path}.value", isList ? "must be a list" : "must be a string, a number or a boolean");
        }

        var values = (isList ? value.EnumerateArray() : Enumerable.Repeat(value, 1))
            .Select(AttributeValue.From).ToList();
        return values.Contains(null)
            ? Wrong($"{path}.value", "must hold strings, numbers or booleans")
            : new Comparison(type, key.GetString()!, [.. values.Select(item => item!.Value)]);
    }

    private static Outcome<Filter> Wrong(string path, string what) =>
        new Fault(FaultCode.InvalidArgument, $"'{path}' {what}.", path);

    private sealed record Compound(bool All, IReadOnlyList<Filter> Filters) : Filter
    {
        public override bool Passes(IReadOnlyDictionary<string, AttributeValue> attributes) => All
            ? Filters.All(filter => filter.Passes(attributes))
            : Filters.Any(filter => filter.Passes(attributes));
    }

    private sealed record Comparison(string Type, string Key, IReadOnlyList<AttributeValue> Values) : Filter
    {
        public override bool Passes(IReadOnlyDictionary<string, AttributeValue> attributes)
        {
            if (!attributes.TryGetValue(Key, out var actual))
            {
                return Type is "ne" or "nin";
            }

            return Type switch
            {
                "eq" or "in" => Values.Contains(actual),
                "ne" or "nin" => !Values.Contains(actual),
                "gt" => Compare(actual) > 0,
                "gte" => Compare(actual) >= 0,
                "lt" => Compare(actual) < 0,
                _ => Compare(actual) <= 0,
            };
        }

        /// <summary>
        /// Numbers by size, texts by their characters (so ISO dates by time); null, which is neither, for
        /// what cannot be compared.
        /// </summary>
        private int? Compare(AttributeValue actual) => (actual, Values[0]) switch
        {
            ({ Number: { } a }, { Number: { } b }) => a.CompareTo(b),
            ({ Text: { } a }, { Text: { } b }) => string.CompareOrdinal(a, b),
            _ => null,
        };
    }
}
