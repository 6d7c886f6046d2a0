using AiStack.Contracts;

namespace AiStack.Evals.Definitions;

/// <summary>The same fault for an eval that does not exist and one of another project.</summary>
internal static class UnknownEval
{
    public static Fault Fault { get; } = new(FaultCode.NotFound, "There is no such eval in this project.", "eval_id");
}
