using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>
/// Finds what names an object: its name or number, which the objects in its lists are said to belong to.
/// </summary>
internal static partial class JsonNames
{
    /// <summary>The most lines about parents that a paragraph begins with: those nearest to it.</summary>
    private const int MaxLines = 8;
    private const int MaxNames = 3;
    private const int MaxLength = 120;

    public static IReadOnlyList<string> With(IReadOnlyList<string> parents, JsonElement value, string path)
    {
        var simple = value.EnumerateObject()
            .Where(property => property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                && property.Name != YamlValues.CommentName)
            .Take(100).ToList();
        var names = simple.Where(property => Name().IsMatch(property.Name)).Take(MaxNames).ToList();
        if (names.Count == 0)
        {
            names = [.. simple.Take(1)];
        }

        var lines = names.Select(property => Line(path, property)).OfType<string>().ToList();
        return lines.Count == 0 ? parents : [.. parents.Concat(lines).TakeLast(MaxLines)];
    }

    private static string? Line(string path, JsonProperty property)
    {
        var name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
        var line = $"{name}: {property.Value}\n";
        return line.Length <= MaxLength ? line : null;
    }

    [GeneratedRegex("^(.{0,30}[_-])?(id|name|title|key|code|number|no|nr|label|serial|sku|ref|email|date|slug)$",
        RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Name();
}
