using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// Takes a deleted file out of every store, and a superseded one out of those that are no snapshots. Search hides it
/// from that moment; this frees what it took.
/// </summary>
internal sealed class ForgetFileHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, TimeProvider time)
    : IWorkHandler<FileDeleted>
{
    public static string Queue => FileDeleted.Queue;

    public static int MaxBatch => 8;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<FileDeleted>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await database.InTransactionAsync(
                projectId, connection => ForgetAsync(connection, lease, cancellationToken), cancellationToken);
        }
    }

    private async Task<bool> ForgetAsync(
        NpgsqlConnection connection, Lease<FileDeleted> lease, CancellationToken cancellationToken)
    {
        // Again until there is none: a snapshot may have been made, or taken back, while it waited for a store.
        while (await HoldersAsync(connection, lease.Payload, cancellationToken) is { Count: > 0 } stores)
        {
            foreach (var store in stores)
            {
                await connection.RemoveFileAsync(store, lease.Payload.FileId, time.GetUtcNow(), cancellationToken);
            }
        }

        if (lease.Payload.SupersededAt is null)
        {
            // That it was there stays known to those who see all; whom it was for does not.
            await connection.ExecuteAsync(
                $$"""
                update retrieval.held
                set principals = '{}'
                where file_id = {{lease.Payload.FileId}} and principals is not null
                """, cancellationToken, StatementLimits.Background);
        }

        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        return true;
    }

    private static Task<List<Id<VectorStore>>> HoldersAsync(
        NpgsqlConnection connection, FileDeleted file, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select vector_store_id
            from retrieval.store_file
            where file_id = {file.FileId} and removed_at is null
              and ({file.SupersededAt}::timestamptz is null
                   or (greatest(created_at, restored_at) <= {file.SupersededAt} and not exists (
                       select
                       from retrieval.vector_store s
                       where s.id = vector_store_id and s.snapshot_of is not null)))
            order by vector_store_id
            """,
            row => new Id<VectorStore>(row.GetGuid(0)),
            cancellationToken);
}
