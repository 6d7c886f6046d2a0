using System.Text.Json;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// Changes a store's name, description, metadata or expiry. What the request leaves out stays;
/// null takes an expiry away.
/// </summary>
internal static class ModifyStore
{
    public static async Task<IResult> HandleAsync(
        string id,
        Request request,
        Caller caller,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var wrong = CreateStore.CheckNames(request.Name, request.Description)
            ?? AttributeValue.CheckMetadata(request.Metadata)
            ?? ExpiresAfter.Check(request.ExpiresAfter);
        if (wrong is not null)
        {
            return wrong.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        var metadata = request.Metadata is null ? null : AttributeValue.ToJson(request.Metadata);
        await connection.ExecuteAsync(
            $"""
            update retrieval.vector_store
            set name = coalesce({request.Name}, name),
                description = coalesce({request.Description}, description),
                metadata = coalesce({metadata}::jsonb, metadata),
                expires_after_days = case when {request.Has(nameof(Request.ExpiresAfter))}
                                          then {request.ExpiresAfter?.Days}::int else expires_after_days end,
                last_active_at = {time.GetUtcNow()}
            where id = {storeId}
            """, cancellationToken);
        var store = await VectorStoreObject.FindAsync(connection, storeId, Sight.Of(caller), cancellationToken);
        return store is null ? StoreRows.NotFound(id).ToResult() : TypedResults.Ok(store);
    }

    internal sealed record Request(string? Name = null, string? Description = null, JsonElement? Metadata = null)
        : PartialRequest
    {
        public ExpiresAfter? ExpiresAfter { get; init => field = Given(value); }
    }
}
