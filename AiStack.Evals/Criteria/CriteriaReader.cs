using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Evals.Criteria;

/// <summary>Reads <c>testing_criteria</c>, and refuses what would not be checked.</summary>
internal static class CriteriaReader
{
    /// <summary>The most criteria of one eval.</summary>
    public const int MaxCriteria = 20;

    private const int MaxNameLength = 200;
    private const int MaxSourceRank = 10;
    private const string Parameter = "testing_criteria";

    private static readonly IReadOnlyDictionary<string, string[]> _fields = new Dictionary<string, string[]>
    {
        [StringCheck.TypeName] = ["input", "reference", "operation"],
        [SourceRetrieved.TypeName] = ["max_rank"],
        [SourceCited.TypeName] = ["citation"],
        [AnswerContained.TypeName] = [],
        [Refusal.TypeName] = [],
    };

    /// <summary>Reads criteria that were accepted before.</summary>
    public static IReadOnlyList<Criterion> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement).TryGet(out var criteria, out var fault)
            ? criteria
            : throw new InvalidOperationException($"Stored criteria are not valid: {fault.Message}");
    }

    public static Outcome<Criterion[]> Read(JsonElement criteria)
    {
        if (criteria.ValueKind != JsonValueKind.Array || criteria.GetArrayLength() is 0 or > MaxCriteria)
        {
            return Wrong(Parameter, $"must be a list of 1 to {MaxCriteria} criteria");
        }

        List<Criterion> read = [];
        foreach (var element in criteria.EnumerateArray())
        {
            var place = $"{Parameter}[{read.Count}]";
            if (!Read(element, place).TryGet(out var criterion, out var fault))
            {
                return fault;
            }

            if (read.Any(earlier => earlier.Name == criterion.Name))
            {
                return Wrong($"{place}.name", "is the name of an earlier criterion");
            }

            read.Add(criterion);
        }

        return read.ToArray();
    }

    private static Outcome<Criterion> Read(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return Wrong(place, "must be an object");
        }

        if (Text(element, "type") is not { } type || !_fields.TryGetValue(type, out var fields))
        {
            return Wrong($"{place}.type", $"must be one of {string.Join(", ", _fields.Keys)}");
        }

        if (Text(element, "name") is not { Length: > 0 and <= MaxNameLength } name)
        {
            return Wrong($"{place}.name", $"must be a text of 1 to {MaxNameLength} characters");
        }

        foreach (var field in element.EnumerateObject())
        {
            if (field.Name is not ("type" or "name") && !fields.Contains(field.Name))
            {
                return Wrong($"{place}.{field.Name}", $"is no field of a '{type}' criterion");
            }
        }

        return type switch
        {
            StringCheck.TypeName => ReadStringCheck(element, name, place),
            SourceRetrieved.TypeName => ReadSourceRetrieved(element, name, place),
            SourceCited.TypeName => ReadSourceCited(element, name, place),
            AnswerContained.TypeName => new AnswerContained(name),
            _ => new Refusal(name),
        };
    }

    private static Outcome<Criterion> ReadStringCheck(JsonElement element, string name, string place)
    {
        if (Text(element, "operation") is not { } operation || !StringCheck.Operations.Contains(operation))
        {
            return Wrong($"{place}.operation", $"must be one of {string.Join(", ", StringCheck.Operations)}");
        }

        if (Text(element, "input") is not { } input)
        {
            return Wrong($"{place}.input", "must be a text");
        }

        if (Text(element, "reference") is not { } reference)
        {
            return Wrong($"{place}.reference", "must be a text");
        }

        if (!Template.Read(input, $"{place}.input", mayUseSample: true).TryGet(out var left, out var fault)
            || !Template.Read(reference, $"{place}.reference", mayUseSample: true).TryGet(out var right, out fault))
        {
            return fault;
        }

        return new StringCheck(name, left, right, operation);
    }

    private static Outcome<Criterion> ReadSourceRetrieved(JsonElement element, string name, string place)
    {
        if (!element.TryGetProperty("max_rank", out var given))
        {
            return new SourceRetrieved(name, Metrics.Metric.RecallDepth);
        }

        return given.ValueKind == JsonValueKind.Number
            && given.TryGetInt32(out var rank)
            && rank is >= 1 and <= MaxSourceRank
            ? new SourceRetrieved(name, rank)
            : Wrong($"{place}.max_rank", $"must be a whole number from 1 to {MaxSourceRank}");
    }

    private static Outcome<Criterion> ReadSourceCited(JsonElement element, string name, string place) =>
        (element.TryGetProperty("citation", out _) ? Text(element, "citation") : "first") switch
        {
            "first" => new SourceCited(name, Any: false),
            "any" => new SourceCited(name, Any: true),
            _ => Wrong($"{place}.citation", "must be 'first' or 'any'"),
        };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static Fault Wrong(string parameter, string rule) =>
        new(FaultCode.InvalidArgument, $"'{parameter}' {rule}.", parameter);
}
