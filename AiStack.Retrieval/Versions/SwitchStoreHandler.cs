using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>Work for Retrieval itself: have a store hold what was made of its files, once all is made.</summary>
internal sealed record SwitchStore(Id<VectorStore> VectorStoreId, Id<VectorStore> MadeIn)
{
    public const string Queue = "retrieval.switch-store";
}

/// <summary>
/// Puts what was made into the store's place in one transaction. Files that came into the store meanwhile stay as they
/// are, and those that left it stay out; what it held is kept as a snapshot.
/// </summary>
internal sealed class SwitchStoreHandler(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, EmbedderIdentity embedder, TimeProvider time)
    : IWorkHandler<SwitchStore>
{
    private static readonly TimeSpan _again = TimeSpan.FromSeconds(1);

    public static string Queue => SwitchStore.Queue;

    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<SwitchStore>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await database.InTransactionAsync(
                projectId, connection => SwitchAsync(connection, lease, cancellationToken), cancellationToken);
        }
    }

    /// <summary>It ends here; whoever asks for it is told why.</summary>
    public Task ParkedAsync(Lease<SwitchStore> lease, string reason, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            lease.ProjectId,
            connection => connection.ExecuteAsync(
                $"""
                update retrieval.vector_store
                set description = {$"It cannot take the store's place: {reason}. Cancel it, and try again."}
                where id = {lease.Payload.MadeIn} and snapshot_kind = {SnapshotObject.Reprocessing}
                """, cancellationToken),
            cancellationToken);

    private async Task<bool> SwitchAsync(
        NpgsqlConnection connection, Lease<SwitchStore> lease, CancellationToken cancellationToken)
    {
        await WorkQueue.CompleteAsync(connection, lease, cancellationToken);
        var (store, made) = (lease.Payload.VectorStoreId, lease.Payload.MadeIn);
        var now = time.GetUtcNow();
        if (!await connection.LockAsync(store, cancellationToken)
            || !await connection.LockAsync(made, cancellationToken)
            || await ReprocessObject.FindAsync(connection, store, cancellationToken) is not { } running)
        {
            return false; // It was cancelled, or the store is gone.
        }

        if (running.InProgress > 0)
        {
            await WorkQueue.EnqueueAllAsync(
                connection, lease.ProjectId, Queue, [lease.Payload], cancellationToken, _again);
            return false;
        }

        var kept = await CreateSnapshot.RunAsync(
            connection, lease.ProjectId, store, $"Before the reprocessing of {now:yyyy-MM-dd HH:mm:ss} UTC",
            SnapshotObject.BeforeReprocess, embedder, now, cancellationToken);
        if (!kept.TryGet(out _, out _))
        {
            // It has as many snapshots as it may: it goes on once one is deleted.
            await WorkQueue.EnqueueAllAsync(
                connection, lease.ProjectId, Queue, [lease.Payload], cancellationToken, 30 * _again);
            return false;
        }

        var version = await connection.BumpVersionAsync(store, now, cancellationToken);
        await StoreContents.ReplaceAsync(
            connection, lease.ProjectId, made, store, version, embedder, now, cancellationToken);
        await connection.ExecuteAsync(
            $"update retrieval.vector_store set purged_version = {version} where id = {store}", cancellationToken);
        await connection.ExecuteAsync(
            $"delete from retrieval.vector_store where id = {made}", cancellationToken, StatementLimits.Background);
        await WorkQueue.EnqueueAsync(
            connection, lease.ProjectId, LineageNote.Queue, new LineageNote(DeletedStores: [made]), cancellationToken);
        return true;
    }
}
