using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Synonyms;

/// <summary>Gets a store's synonyms.</summary>
internal static class GetSynonyms
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return (await StoreSetting.ReadAsync(connection, id, "synonyms", cancellationToken))
            .TryGet(out var stored, out var fault)
            ? TypedResults.Ok(StoreSynonyms.Read(stored))
            : fault.ToResult();
    }
}
