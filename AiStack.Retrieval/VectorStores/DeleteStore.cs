using System.Text.Json.Serialization;
using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>Deletes a store, its index and its snapshots. The files stay.</summary>
internal static class DeleteStore
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var outcome = await database.InTransactionAsync(
            caller.ProjectId,
            connection => RunAsync(connection, caller.ProjectId, id, cancellationToken),
            cancellationToken);
        return outcome.TryGet(out _, out var fault)
            ? TypedResults.Ok(new Deletion(id, "vector_store.deleted"))
            : fault.ToResult();
    }

    private static async Task<Outcome<Id<VectorStore>>> RunAsync(
        NpgsqlConnection connection, Id<Project> project, string id, CancellationToken cancellationToken)
    {
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var storeId, out var fault))
        {
            return fault;
        }

        if (await StoreHolds.CheckAsync(connection, storeId, cancellationToken) is { } held)
        {
            return held;
        }

        // No snapshot is made from here on.
        await connection.LockAsync(storeId, cancellationToken);
        var snapshots = await connection.ListAsync(
            $"select id from retrieval.vector_store where snapshot_of = {storeId} order by id",
            row => new Id<VectorStore>(row.GetGuid(0)),
            cancellationToken);
        var gone = await connection.ExecuteAsync(
            $"delete from retrieval.vector_store where id = {storeId}", cancellationToken, StatementLimits.Background);
        if (gone > 0)
        {
            await WorkQueue.EnqueueAsync(
                connection, project, LineageNote.Queue, new LineageNote(DeletedStores: [storeId, .. snapshots]),
                cancellationToken);
        }

        return storeId;
    }
}

/// <summary>OpenAI's receipt of a deletion.</summary>
internal sealed record Deletion(string Id, string Object)
{
    [JsonPropertyName("deleted")]
    public bool IsDeleted { get; } = true;
}
