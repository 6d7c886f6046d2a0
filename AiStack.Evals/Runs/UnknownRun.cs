using AiStack.Contracts;

namespace AiStack.Evals.Runs;

/// <summary>
/// The same fault for a run that does not exist and one of another project or eval.
/// </summary>
internal static class UnknownRun
{
    public static Fault Fault { get; } = new(FaultCode.NotFound, "There is no such run of this eval.", "run_id");
}
