namespace AiStack.Evals.Metrics;

/// <summary>What one answered item showed; an item that ended in an error has no observation.</summary>
/// <param name="Ordinal">The item's place in the dataset, by which two runs are paired.</param>
/// <param name="Answerable">Whether the dataset says that the sources hold an answer.</param>
/// <param name="SourceRank">Rank, from 1, of the first passage of the expected source among the search results.</param>
/// <param name="FirstCitationRight">Whether the first citation is of the expected source.</param>
/// <param name="AnyCitationRight">Whether some citation is of the expected source.</param>
/// <param name="AnswerContained">Whether the answer holds the expected words; null when the dataset names none.</param>
/// <param name="Refused">Whether the model said that the sources hold no answer.</param>
internal sealed record Observation(
    int Ordinal,
    bool Answerable,
    int? SourceRank,
    bool FirstCitationRight,
    bool AnyCitationRight,
    bool? AnswerContained,
    bool Refused,
    TimeSpan Latency,
    long InputTokens,
    long OutputTokens);
