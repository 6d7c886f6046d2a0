using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Serving.Requests;

/// <summary>
/// What becomes of the fields that an API has and this service does nothing with: those that cannot change the answer
/// are accepted, those that would are refused by name, and so is a field that nobody knows, which is a typing error
/// more often than not.
/// </summary>
internal sealed class FieldRules(params FieldRule[] rules)
{
    private readonly Dictionary<string, FieldRule> _rules =
        rules.ToDictionary(rule => rule.Name, StringComparer.Ordinal);

    /// <summary>The first field that cannot be accepted; null when all can.</summary>
    public Fault? Check(IReadOnlyDictionary<string, JsonElement>? fields, string prefix = "")
    {
        foreach (var (name, value) in fields ?? new Dictionary<string, JsonElement>())
        {
            if (!_rules.TryGetValue(name, out var rule))
            {
                return new(FaultCode.InvalidArgument, $"Unknown field '{prefix}{name}'.", prefix + name);
            }

            if (value.ValueKind != JsonValueKind.Null && !rule.IsHarmless(value))
            {
                return new(
                    FaultCode.InvalidArgument, $"'{prefix}{name}' is not supported here: {rule.Reason}", prefix + name);
            }
        }

        return null;
    }
}

/// <summary>When a field can be accepted, and why not otherwise.</summary>
internal sealed record FieldRule(string Name, Func<JsonElement, bool> IsHarmless, string Reason)
{
    /// <summary>A field that cannot change the answer, whatever its value.</summary>
    public static FieldRule Accepted(string name) => new(name, _ => true, "");

    /// <summary>A field of which only the values that ask for nothing are accepted.</summary>
    public static FieldRule Only(string name, string reason, params string[] harmless) =>
        new(name, value => harmless.Contains(value.GetRawText().Trim(), StringComparer.Ordinal), reason);

    public static FieldRule Refused(string name, string reason) => new(name, _ => false, reason);
}
