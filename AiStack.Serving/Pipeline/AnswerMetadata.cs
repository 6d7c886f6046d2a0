namespace AiStack.Serving.Pipeline;

/// <summary>What the metadata of an answer may hold besides the caller's own.</summary>
internal static class AnswerMetadata
{
    /// <summary><c>true</c> when the sources do not hold the answer.</summary>
    public const string RefusedKey = "aistack.refused";

    /// <summary>What it cost.</summary>
    public const string CostKey = "aistack.cost";

    /// <summary>The currency of the cost.</summary>
    public const string CurrencyKey = "aistack.currency";

    /// <summary><c>false</c> when it was to be stored and could not be.</summary>
    public const string StoredKey = "aistack.stored";
}
