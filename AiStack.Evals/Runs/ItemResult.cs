using AiStack.Evals.Answers;
using AiStack.Evals.Criteria;
using AiStack.Evals.Metrics;

namespace AiStack.Evals.Runs;

/// <summary>An item that is to be asked, with all that asking and grading it takes.</summary>
internal sealed record PendingItem(
    int Ordinal, string Json, RunOwner Owner, DataSource Source, IReadOnlyList<Criterion> Criteria);

/// <summary>What came of an item: an answer that was measured, or the reason why there is none.</summary>
internal sealed record ItemResult
{
    private ItemResult()
    {
    }

    public (Answer Answer, Observation Observation, IReadOnlyList<Grade> Grades)? Answered { get; private init; }

    public (string Code, string Message)? Error { get; private init; }

    /// <summary>Every criterion that applies is met.</summary>
    public bool Passed => Answered is { } answered && answered.Grades.All(grade => grade.Passed);

    /// <summary>For telemetry: passed, failed or errored.</summary>
    public string Outcome => Error is not null ? "errored" : Passed ? "passed" : "failed";

    public static ItemResult Success(Answer answer, Observation observation, IReadOnlyList<Grade> grades) =>
        new() { Answered = (answer, observation, grades) };

    public static ItemResult Failure(string code, string message) => new() { Error = (code, message) };
}
