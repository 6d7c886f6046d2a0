using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Quality;

/// <summary>Gets a store's policy. One that was never set expects nothing.</summary>
internal static class GetQuality
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return (await StoreSetting.ReadAsync(connection, id, "quality", cancellationToken))
            .TryGet(out var stored, out var fault)
            ? TypedResults.Ok(QualityPolicy.Read(stored))
            : fault.ToResult();
    }
}
