using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Gateway.Keys;

/// <summary>
/// Revokes a key. Here it is refused at once; other replicas remember it for as long as their cache does.
/// </summary>
internal static class RevokeKey
{
    public static async Task<IResult> HandleAsync(
        string id,
        Caller caller,
        NpgsqlDataSource database,
        KeyRing keys,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Id<ApiKey>.TryParse(id, null, out var keyId))
        {
            return NotFound(id);
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var secrets = await connection.FirstOrDefaultAsync(
            $"""
            update gateway.api_key
            set revoked_at = coalesce(revoked_at, {time.GetUtcNow()})
            where id = {keyId}
            returning array_remove(array[sha256, previous_sha256], null)
            """,
            row => row.GetFieldValue<byte[][]>(0),
            cancellationToken);

        if (secrets is null)
        {
            return NotFound(id);
        }

        Array.ForEach(secrets, keys.Forget);
        return TypedResults.NoContent();
    }

    internal static IResult NotFound(string id) =>
        new Fault(FaultCode.NotFound, $"There is no key '{id}' in this project.", "id").ToResult();
}
