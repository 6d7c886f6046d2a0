using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.ServiceDefaults;

namespace AiStack.Serving.GuardStages;

/// <summary>
/// JSON as guards let it pass: its strings as they are meant, not as they are escaped, and its numbers. It stays JSON;
/// a number that is masked becomes a string.
/// </summary>
internal static class GuardedJson
{
    /// <summary>The same text where nothing is masked. What is no JSON passes as text.</summary>
    public static string Pass(string json, Func<string, string> pass)
    {
        JsonNode? root;
        try
        {
            // Fields that are there twice are found out here.
            root = JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return pass(json);
        }

        try
        {
            var holder = new JsonArray(root);
            return Walk(holder, pass) ? holder[0]?.ToJsonString(JsonDefaults.Options) ?? "null" : json;
        }
        catch (InvalidOperationException)
        {
            return pass(json); // A string with half a character.
        }
    }

    private static bool Walk(JsonNode node, Func<string, string> pass)
    {
        var hasChanged = false;
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value).ToList(),
            JsonArray items => items.ToList(),
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>())
        {
            if (child is not JsonValue value)
            {
                hasChanged |= Walk(child, pass);
            }
            else if (value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number)
            {
                var text = value.GetValueKind() == JsonValueKind.String
                    ? value.GetValue<string>()
                    : value.ToJsonString();
                var kept = pass(text);
                if (!ReferenceEquals(kept, text))
                {
                    hasChanged = true;
                    value.ReplaceWith(kept);
                }
            }
        }

        return hasChanged;
    }
}
