using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Privacy;

/// <summary>Gets a store's policy. One that was never set reports everything.</summary>
internal static class GetPrivacy
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return (await StoreSetting.ReadAsync(connection, id, "privacy", cancellationToken))
            .TryGet(out var stored, out var fault)
            ? TypedResults.Ok(PrivacyPolicy.Read(stored))
            : fault.ToResult();
    }
}
