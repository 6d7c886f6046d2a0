using AiStack.Contracts.Work;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Erasures;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Gateway.Erasures;

/// <summary>The Gateway's turn in an erasure: answers that are kept for a day.</summary>
internal sealed class EraseKeptRequests(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, ErasureSecrets secrets)
    : ErasureHandler(database, secrets, "gateway", GatewayPlaces.All), IWorkHandler<EraseStep>
{
    public static string Queue => EraseStep.QueueOf("gateway");

    public static int MaxBatch => 1;
}
