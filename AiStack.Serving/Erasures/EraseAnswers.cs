using AiStack.Contracts.Work;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Serving.Erasures;

/// <summary>Serving's turn in an erasure: what people and models said.</summary>
internal sealed class EraseAnswers(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, ErasureSecrets secrets)
    : ErasureHandler(database, secrets, "serving", ServingPlaces.All), IWorkHandler<EraseStep>
{
    public static string Queue => EraseStep.QueueOf("serving");

    public static int MaxBatch => 1;
}
