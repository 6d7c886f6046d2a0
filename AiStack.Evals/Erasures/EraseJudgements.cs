using AiStack.Contracts.Work;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Evals.Erasures;

/// <summary>Evals' turn in an erasure: what people and runs said of answers.</summary>
internal sealed class EraseJudgements(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, ErasureSecrets secrets)
    : ErasureHandler(database, secrets, "evals", EvalsPlaces.All), IWorkHandler<EraseStep>
{
    public static string Queue => EraseStep.QueueOf("evals");

    public static int MaxBatch => 1;
}
