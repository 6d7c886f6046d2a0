using AiStack.Console.Attributes;

namespace AiStack.Console.Ask;

/// <summary>
/// How a question is asked: of whom, about which documents, and within which limits. What is <c>null</c> is left to
/// the stack.
/// </summary>
public sealed record AskSettings
{
    public const string DefaultModel = "default";
    public const int DefaultMaxNumResults = 8;

    public string Model { get; init; } = DefaultModel;

    /// <summary>The store that is searched, empty for none; <c>null</c> until one was chosen.</summary>
    public string? StoreId { get; init; }

    public string Instructions { get; init; } = "";

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? MaxOutputTokens { get; init; }

    public int MaxNumResults { get; init; } = DefaultMaxNumResults;

    public double? ScoreThreshold { get; init; }

    /// <summary><c>auto</c>, or <c>none</c> to leave out how well single sentences answer.</summary>
    public string Ranker { get; init; } = "auto";

    public IReadOnlyList<AttributeCondition> Filters { get; init; } = [];

    public bool MatchesAny { get; init; }

    /// <summary>For whom it is asked: principals with commas between; empty for nobody in particular.</summary>
    public string AskedFor { get; init; } = "";

    /// <summary>True when something other than model and store was chosen.</summary>
    public bool IsAdvanced => Filters.Count > 0 || this with
    {
        Model = Plain.Model, StoreId = Plain.StoreId, Filters = Plain.Filters, MatchesAny = Plain.MatchesAny,
    } != Plain;

    private static AskSettings Plain { get; } = new();
}
