using AiStack.Contracts;

namespace AiStack.Evals.Runs;

/// <summary>Work for the queue: ask this one question of a run.</summary>
internal sealed record RunItem(Id<EvalRun> RunId, Id<EvalItem> ItemId);

/// <summary>The states of a run, by OpenAI's names.</summary>
internal static class RunStatus
{
    public const string Queued = "queued";
    public const string InProgress = "in_progress";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Canceled = "canceled";

    public static IReadOnlyList<string> All { get; } = [Queued, InProgress, Completed, Failed, Canceled];
}
