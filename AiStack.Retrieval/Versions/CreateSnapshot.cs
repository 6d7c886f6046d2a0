using AiStack.Contracts;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Storage;
using AiStack.Retrieval.VectorStores;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>
/// Keeps what a store holds: its files that can be found, what search needs of them, and its settings, in one
/// transaction under the store's lock.
/// </summary>
internal static class CreateSnapshot
{
    public static async Task<IResult> HandleAsync(
        string id, Request request, Caller caller, NpgsqlDataSource database, EmbedderIdentity embedder,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > CreateStore.MaxNameLength)
        {
            return new Fault(
                FaultCode.InvalidArgument, $"'name' must have 1 to {CreateStore.MaxNameLength} characters.", "name")
                .ToResult();
        }

        var outcome = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                var found = await StoreRows.FindToChangeAsync(connection, id, cancellationToken);
                if (!found.TryGet(out var store, out var fault))
                {
                    return (Outcome<SnapshotObject>)fault;
                }

                if (await TakeTurnAsync(connection, store, cancellationToken) is { } busy)
                {
                    return busy;
                }

                var made = await RunAsync(
                    connection, caller.ProjectId, store, request.Name, SnapshotObject.Made, embedder,
                    time.GetUtcNow(), cancellationToken);
                return made.TryGet(out var snapshot, out fault)
                    ? (await SnapshotObject.ReadAsync(
                        connection, [snapshot.Value], Sight.Of(caller), cancellationToken))[0]
                    : fault;
            },
            cancellationToken);
        return outcome.TryGet(out var shown, out var wrong) ? TypedResults.Ok(shown) : wrong.ToResult();
    }

    /// <summary>Makes one in the caller's transaction, which has the store's lock from then on.</summary>
    public static async Task<Outcome<Id<VectorStore>>> RunAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> store, string name, string kind,
        EmbedderIdentity embedder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await connection.LockAsync(store, cancellationToken))
        {
            return StoreRows.NotFound(store.ToString());
        }

        if (await CountAsync(connection, store, cancellationToken) >= SnapshotObject.Max)
        {
            return new Fault(
                FaultCode.Conflict,
                $"A store may have {SnapshotObject.Max} snapshots, and this one does. Delete one first.");
        }

        var id = Id<VectorStore>.New();
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.vector_store (
                id, project_id, name, description, metadata, created_at, last_active_at, version, privacy, quality,
                synonyms, synonyms_at, snapshot_of, snapshot_kind, snapshot_version, snapshot_files)
            select {id}, project_id, {name}, description, metadata, {now}, {now}, 1, privacy, quality,
                   synonyms, synonyms_at, id, {kind}, version, 0
            from retrieval.vector_store
            where id = {store}
            """, cancellationToken);
        var files = await StoreContents.CopyAsync(
            connection, project, store, id, version: 1, embedder, now, cancellationToken);
        await connection.ExecuteAsync(
            $"update retrieval.vector_store set snapshot_files = {files} where id = {id}", cancellationToken);
        return id;
    }

    /// <summary>
    /// A fault while another request makes a snapshot of the store or rolls it back: many that wait would keep all
    /// connections. Until the transaction ends it is this one's turn.
    /// </summary>
    public static async Task<Fault?> TakeTurnAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        await connection.FirstOrDefaultAsync(
            $"""select pg_try_advisory_xact_lock(hashtextextended({$"versions:{store}"}, 0))""",
            row => row.GetBoolean(0),
            cancellationToken)
            ? null
            : new(FaultCode.Conflict, "Another snapshot or rollback of this store runs. Try again when it is done.");

    private static Task<int> CountAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select count(*)::int
            from retrieval.vector_store
            where snapshot_of = {store} and snapshot_kind <> {SnapshotObject.Reprocessing}
            """,
            row => row.GetInt32(0),
            cancellationToken);

    /// <param name="Name">1 to 256 characters.</param>
    internal sealed record Request(string? Name = null);
}
