namespace AiStack.Console.Attributes;

/// <summary>
/// One comparison of a filter, as a person writes it: the attribute, how it is compared, and with what.
/// </summary>
public sealed record AttributeCondition(string Key = "", string Comparison = "eq", string Value = "")
{
    /// <summary>OpenAI's comparisons, and how people say them.</summary>
    public static IReadOnlyList<(string Type, string Words)> Comparisons { get; } =
    [
        ("eq", "is"),
        ("ne", "is not"),
        ("gt", "is more than"),
        ("gte", "is at least"),
        ("lt", "is less than"),
        ("lte", "is at most"),
        ("in", "is one of"),
        ("nin", "is none of"),
    ];

    /// <summary>True for a comparison with several values, which are written with commas.</summary>
    public bool TakesList => Comparison is "in" or "nin";
}
