using AiStack.Contracts;

namespace AiStack.Evals.Definitions;

/// <summary>What a caller is told of an eval that there is not, or that is another project's: the same.</summary>
internal static class UnknownEval
{
    public static Fault Fault { get; } = new(FaultCode.NotFound, "There is no such eval in this project.", "eval_id");
}
