using AiStack.Contracts;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

internal static class GetStore
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<VectorStore>.TryParse(id, null, out var storeId))
        {
            return StoreRows.NotFound(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return (await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out _, out var fault)
            && await VectorStoreObject.FindAsync(connection, storeId, Sight.Of(caller), cancellationToken) is { } store
            ? TypedResults.Ok(store)
            : (fault ?? StoreRows.NotFound(id)).ToResult();
    }
}

internal static class ListStores
{
    public static async Task<IResult> HandleAsync(
        [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!query.Read<VectorStore>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return TypedResults.Ok(
            await VectorStoreObject.ListAsync(connection, page, Sight.Of(caller), cancellationToken));
    }
}
