using AiStack.Evals.Datasets;
using AiStack.Evals.Metrics;

namespace AiStack.Evals.Answers;

/// <summary>The file that a search result or a citation is of.</summary>
internal readonly record struct SourceFile(string FileId, string Filename)
{
    /// <summary>Whether a dataset means this file: it names its sources by file name or by file id.</summary>
    public bool Is(string? expected) => expected is not null && (Filename == expected || FileId == expected);
}

/// <summary>What Serving answered to one question.</summary>
/// <param name="ResponseId">The response's id, by which its completion record is found.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Text">The answer's text.</param>
/// <param name="Refused">Whether it says that the sources hold no answer.</param>
/// <param name="Results">The search's results, best first.</param>
/// <param name="Citations">The files cited, in the order of the text.</param>
internal sealed record Answer(
    string ResponseId,
    string Model,
    string Text,
    bool Refused,
    IReadOnlyList<SourceFile> Results,
    IReadOnlyList<SourceFile> Citations,
    long InputTokens,
    long OutputTokens)
{
    /// <summary>What the answer shows, measured against what the dataset expects.</summary>
    public Observation Observe(int ordinal, DatasetItem item, TimeSpan latency)
    {
        var index = Results.ToList().FindIndex(result => result.Is(item.Source));
        return new(
            ordinal,
            item.Answerable,
            index < 0 ? null : index + 1,
            Citations is [var first, ..] && first.Is(item.Source),
            Citations.Any(citation => citation.Is(item.Source)),
            item.Answers.Count == 0 ? null : item.Answers.Any(expected => ExpectedAnswer.IsIn(Text, expected)),
            Refused,
            latency,
            InputTokens,
            OutputTokens);
    }
}
