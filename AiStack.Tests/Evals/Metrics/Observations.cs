using AiStack.Evals.Metrics;
using CsCheck;

namespace AiStack.Tests.Evals.Metrics;

/// <summary>Runs of any outcome, for properties.</summary>
internal static class Observations
{
    public static readonly Gen<Observation> One =
        from answerable in Gen.Bool
        from rank in Gen.Int[0, 12]
        from bools in Gen.Bool.Array[4]
        from seconds in Gen.Double[0.001, 60]
        from tokens in Gen.Int[0, 4_000]
        select new Observation(
            0, answerable, rank == 0 || !answerable ? null : rank, bools[0], bools[0] || bools[1],
            answerable ? bools[2] : null, bools[3], TimeSpan.FromSeconds(seconds), tokens, tokens / 10);

    public static readonly Gen<Observation[]> Run =
        One.Array[1, 40].Select(run => run.Select((item, i) => item with { Ordinal = i }).ToArray());
}
