using AiStack.Contracts.Search;

namespace AiStack.Serving.Engines.Extractive;

/// <summary>How likely it is that the best sentence answers the question.</summary>
internal static class Confidence
{
    /// <summary>From 0 to 1.</summary>
    public static double Of(Evidence store, SentenceEvidence best)
    {
        var logit = -4.0
            + (4.0 * best.Similarity)
            + (2.0 * best.Coverage)
            + (2.0 * store.Coverage);
        return 1 / (1 + Math.Exp(-logit));
    }
}
