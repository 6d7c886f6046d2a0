using AiStack.Contracts;

namespace AiStack.Evals.Runs;

/// <summary>
/// What a caller is told of a run that there is not, or that is another project's or another eval's: the same.
/// </summary>
internal static class UnknownRun
{
    public static Fault Fault { get; } = new(FaultCode.NotFound, "There is no such run of this eval.", "run_id");
}
