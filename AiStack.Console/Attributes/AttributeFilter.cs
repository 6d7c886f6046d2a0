using System.Text.Json.Nodes;

namespace AiStack.Console.Attributes;

/// <summary>OpenAI's attribute filter, from the comparisons that a person wrote.</summary>
internal static class AttributeFilter
{
    /// <summary>The filter; <c>null</c> when no comparison names an attribute, and so nothing is left out.</summary>
    public static JsonObject? ToJson(IReadOnlyList<AttributeCondition> conditions, bool matchesAny)
    {
        var comparisons = conditions.Where(condition => !string.IsNullOrWhiteSpace(condition.Key)).Select(Comparison)
            .ToList();
        return comparisons switch
        {
            [] => null,
            [var only] => only,
            _ => new() { ["type"] = matchesAny ? "or" : "and", ["filters"] = new JsonArray([.. comparisons]) },
        };
    }

    private static JsonObject Comparison(AttributeCondition condition) => new()
    {
        ["type"] = condition.Comparison,
        ["key"] = condition.Key.Trim(),
        ["value"] = condition.TakesList
            ? new JsonArray([.. condition.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(AttributeText.Read)])
            : AttributeText.Read(condition.Value),
    };
}
