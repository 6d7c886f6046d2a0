using System.Text.RegularExpressions;
using AiStack.Contracts;
using AiStack.Serving.Requests;

namespace AiStack.Serving.StoredPrompts;

/// <summary>A prompt's text, with places for variables as OpenAI writes them: <c>{{customer}}</c>.</summary>
internal static partial class PromptText
{
    /// <summary>The names of the variables, each once, in their order.</summary>
    public static IReadOnlyList<string> Variables(string text) =>
        [.. Place().Matches(text).Select(place => place.Groups["name"].Value).Distinct()];

    /// <summary>The text with its places filled; a fault names what is missing, and what has no place.</summary>
    public static Outcome<string> Fill(string text, IReadOnlyDictionary<string, string> values)
    {
        var places = Variables(text);
        if (places.FirstOrDefault(name => !values.ContainsKey(name)) is { } missing)
        {
            return RequestChecks.Invalid(
                $"The prompt has a place for '{missing}', which 'prompt.variables' lacks.", "prompt.variables");
        }

        // What is filled in is not looked through again: a value cannot name another.
        return values.Keys.FirstOrDefault(name => !places.Contains(name)) is { } unknown
            ? RequestChecks.Invalid($"The prompt has no place for '{unknown}'.", $"prompt.variables.{unknown}")
            : Place().Replace(text, place => values[place.Groups["name"].Value]);
    }

    [GeneratedRegex(@"\{\{\s*(?<name>[A-Za-z_][A-Za-z0-9_]{0,63})\s*\}\}")]
    private static partial Regex Place();
}
