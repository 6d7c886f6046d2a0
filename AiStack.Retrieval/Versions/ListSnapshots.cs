using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.Retrieval.VectorStores;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>Lists a store's snapshots.</summary>
internal static class ListSnapshots
{
    public static async Task<IResult> HandleAsync(
        string id, [AsParameters] PageQuery query, Caller caller, NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<VectorStore>(newestFirst: true).TryGet(out var page, out var fault))
        {
            return fault.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out fault))
        {
            return fault.ToResult();
        }

        var ids = await connection.ListAsync(
            $"""
            select id
            from retrieval.vector_store
            where snapshot_of = {store} and snapshot_kind <> {SnapshotObject.Reprocessing}
              and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
              and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => row.GetGuid(0),
            cancellationToken);
        var snapshots = await SnapshotObject.ReadAsync(connection, [.. ids], Sight.Of(caller), cancellationToken);
        if (page.Direction == SortDirection.Ascending)
        {
            snapshots.Reverse();
        }

        return TypedResults.Ok(page.Of(snapshots, snapshot => snapshot.Id.ToString()));
    }
}

/// <summary>Deletes a snapshot; its store is not touched.</summary>
internal static class DeleteSnapshot
{
    public static async Task<IResult> HandleAsync(
        string id, string snapshotId, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out var fault))
        {
            return fault.ToResult();
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var gone = Id<VectorStore>.TryParse(snapshotId, null, out var snapshot)
            ? await connection.ExecuteAsync(
                $"""
                delete from retrieval.vector_store
                where id = {snapshot} and snapshot_of = {store} and snapshot_kind <> {SnapshotObject.Reprocessing}
                """,
                cancellationToken,
                StatementLimits.Background)
            : 0;
        if (gone == 1)
        {
            await WorkQueue.EnqueueAsync(
                connection, caller.ProjectId, LineageNote.Queue, new LineageNote(DeletedStores: [snapshot]),
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return gone == 1
            ? TypedResults.Ok(new Deletion(snapshotId, "vector_store.snapshot.deleted"))
            : SnapshotObject.NotFound(snapshotId, "snapshot_id").ToResult();
    }
}
