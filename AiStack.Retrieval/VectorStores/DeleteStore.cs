using System.Text.Json.Serialization;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>Deletes a store and its index. The files stay.</summary>
internal static class DeleteStore
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var storeId, out var fault))
        {
            return fault.ToResult();
        }

        await connection.ExecuteAsync(
            $"delete from retrieval.vector_store where id = {storeId}", cancellationToken, StatementLimits.Long);
        return TypedResults.Ok(new Deletion(id, "vector_store.deleted"));
    }
}

/// <summary>OpenAI's receipt of a deletion.</summary>
internal sealed record Deletion(string Id, string Object)
{
    [JsonPropertyName("deleted")]
    public bool IsDeleted { get; } = true;
}
