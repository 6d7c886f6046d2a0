namespace AiStack.Serving.Engines.Extractive;

/// <summary>
/// Two small logistic models: which sentence answers, and whether any does. Both were fitted on 612 questions about 24
/// articles of XQuAD; docs/decisions/0041 has the method and the numbers, on articles held out and on the samples,
/// which no weight has seen.
/// </summary>
internal static class ExtractiveModel
{
    /// <summary>Not fitted: a clause that is asked for by its number is what is asked for.</summary>
    private const double ClauseWeight = 8;

    /// <summary>Ranks sentences of one question, listwise.</summary>
    public static double Score(Fit fit) =>
        (2.22 * fit.Own)
        + (2.26 * fit.WithNeighbours)
        + (2.27 * fit.WithContext)
        + (0.75 * fit.Passage)
        + (4.42 * fit.Similarity)
        + (0.40 * fit.NextSimilarity)
        + (2.10 * fit.PassageScore)
        + (5.02 * fit.RelativePassageScore)
        + (0.88 * fit.Kind)
        - (1.02 * fit.News)
        + (ClauseWeight * fit.Clause);

    /// <summary>
    /// How likely it is that a question with this best sentence has an answer in the sources, if half of the questions
    /// have one.
    /// </summary>
    public static double Confidence(Fit fit)
    {
        var logit = -4.61
            + (2.84 * fit.Passage)
            + (2.30 * fit.WithNeighbours)
            + (1.77 * fit.Similarity)
            + (3.88 * fit.PassageScore)
            - (2.10 * fit.MissingNames)
            + (ClauseWeight * fit.Clause);
        return 1 / (1 + Math.Exp(-logit));
    }
}
