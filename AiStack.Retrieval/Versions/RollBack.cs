using AiStack.Contracts;
using AiStack.Contracts.Work;
using AiStack.Retrieval.Embedding;
using AiStack.Retrieval.Indexing;
using AiStack.Retrieval.Quality;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>
/// Has a store hold what a snapshot holds, in one transaction: a search is of what was there before or of the snapshot.
/// What the store held is kept as a snapshot first. Its settings stay, and so does whom files are for.
/// </summary>
/// <remarks>
/// 1. Work that would index more for the store ends, before the store is locked: who does that work locks it later, and
///    finds out that what it made is of a store that is no more (<see cref="StoreFence"/>).
/// 2. The store is locked, and what it holds is kept.
/// 3. What the snapshot does not hold leaves; its files come back, with what search has of them.
/// 4. Indexes in memory are told to load the store anew, beside the one that is searched.
/// </remarks>
internal static class RollBack
{
    public static async Task<IResult> HandleAsync(
        string id, Request request, Caller caller, NpgsqlDataSource database, EmbedderIdentity embedder,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > ReleaseRun.MaxReasonLength)
        {
            return new Fault(
                FaultCode.InvalidArgument,
                $"'reason' must say why, in 1 to {ReleaseRun.MaxReasonLength} characters.", "reason").ToResult();
        }

        var outcome = await database.InTransactionAsync(
            caller.ProjectId,
            async connection =>
            {
                var found = await StoreRows.FindToChangeAsync(connection, id, cancellationToken);
                return found.TryGet(out var store, out var fault)
                    ? await RunAsync(
                        connection, caller, store, request, embedder, cancellationToken)
                    : fault;
            },
            cancellationToken);
        return outcome.TryGet(out var done, out var wrong) ? TypedResults.Ok(done) : wrong.ToResult();
    }

    private static async Task<Outcome<Response>> RunAsync(
        NpgsqlConnection connection, Caller caller, Id<VectorStore> store, Request request, EmbedderIdentity embedder,
        CancellationToken cancellationToken)
    {
        var found = await SnapshotObject.FindIdAsync(
            connection, store, request.SnapshotId, "snapshot_id", cancellationToken);
        if (!found.TryGet(out var snapshot, out var fault))
        {
            return fault;
        }

        if (await CreateSnapshot.TakeTurnAsync(connection, store, cancellationToken) is { } busy)
        {
            return busy;
        }

        var ended = await StoreWork.EndAsync(connection, store, cancellationToken);
        if (!await connection.LockAsync(store, cancellationToken))
        {
            return StoreRows.NotFound(store.ToString());
        }

        if (await ReprocessObject.FindAsync(connection, store, cancellationToken) is not null)
        {
            return new Fault(FaultCode.Conflict, "The store is being reprocessed: cancel that, or wait for its end.");
        }

        var now = await NowAsync(connection, store, cancellationToken);
        var kept = await CreateSnapshot.RunAsync(
            connection, caller.ProjectId, store, $"Before the rollback of {now:yyyy-MM-dd HH:mm:ss} UTC",
            SnapshotObject.BeforeRollback, embedder, now, cancellationToken);
        if (!kept.TryGet(out var before, out fault))
        {
            return fault;
        }

        ended.AddRange(await StoreWork.EndAsync(connection, store, cancellationToken));
        var version = await connection.BumpVersionAsync(store, now, cancellationToken);
        if (!await connection.LockAsync(snapshot, cancellationToken))
        {
            return SnapshotObject.NotFound(request.SnapshotId, "snapshot_id");
        }

        var removed = await LeaveAsync(connection, caller.ProjectId, store, snapshot, version, now, cancellationToken);
        var files = await StoreContents.CopyAsync(
            connection, caller.ProjectId, snapshot, store, version, embedder, now, cancellationToken);
        await IndexAgainAsync(connection, caller.ProjectId, [store, before], ended, cancellationToken);
        await connection.ExecuteAsync(
            $"update retrieval.vector_store set purged_version = {version} where id = {store}", cancellationToken);
        await connection.ExecuteAsync(
            $"""
            insert into retrieval.rollback (
                id, project_id, vector_store_id, snapshot_id, kept_as, version, reason, created_at, created_by)
            values (
                {Id<Rollback>.New()}, {caller.ProjectId}, {store}, {snapshot}, {before}, {version},
                {request.Reason}, {now}, {caller.KeyId?.Value}::uuid)
            """, cancellationToken);
        var shown = await SnapshotObject.ReadAsync(connection, [snapshot.Value], Sight.All, cancellationToken);
        return new Response(store, snapshot, before, version, files, removed, shown[0].FilesDeleted!.Value);
    }

    /// <summary>
    /// The moment of the rollback, by the clock that all is compared by, under the store's lock: after all that was
    /// indexed for the store.
    /// </summary>
    private static Task<DateTimeOffset> NowAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select greatest(clock_timestamp(), changed_at + interval '1 microsecond')
            from retrieval.vector_store
            where id = {store}
            """,
            row => row.GetFieldValue<DateTimeOffset>(0),
            cancellationToken);

    /// <summary>Files that the snapshot does not hold leave the store. Returns how many could be found there.</summary>
    private static async Task<int> LeaveAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore> store, Id<VectorStore> snapshot, long version,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var left = await connection.ListAsync(
            $"""
            with leaving as (
                select f.file_id, f.state, f.source_id, f.revision_id
                from retrieval.store_file f
                where f.vector_store_id = {store} and f.removed_at is null and not exists (
                    select
                    from retrieval.store_file s
                    where s.vector_store_id = {snapshot} and s.file_id = f.file_id
                      and s.state = 'completed' and s.removed_at is null)
                order by f.file_id
                for update
            )
            update retrieval.store_file f
            set removed_at = {now}, usage_bytes = 0, version = {version}
            from leaving
            where f.vector_store_id = {store} and f.file_id = leaving.file_id
            returning f.project_id, f.file_id, f.revision_id, leaving.state, leaving.source_id
            """,
            row => (Left: StoreLineage.Read(row, store, now), IsFound: row.GetString(3) == "completed",
                Source: row.IsDBNull(4) ? (Guid?)null : row.GetGuid(4)),
            cancellationToken,
            StatementLimits.Background);
        var files = left.Select(file => file.Left.File.FileId.Value).ToArray();
        await StoreContents.ClearAsync(connection, store, files, cancellationToken);
        await connection.EndQuarantineAsync(store, files, cancellationToken);
        await StoreLineage.LeftAsync(connection, [.. left.Select(file => file.Left)], cancellationToken);
        List<SourceFileDetached> detached =
        [
            .. left.Where(file => file.Source is not null)
                .Select(file => new SourceFileDetached(new(file.Source!.Value), file.Left.File.FileId)),
        ];
        await WorkQueue.EnqueueAllAsync(connection, project, SourceFileDetached.Queue, detached, cancellationToken);
        return left.Count(file => file.IsFound);
    }

    /// <summary>
    /// Work that ended may have been there to index files by the store's settings of now: they are, as they are now,
    /// and so are those that were kept.
    /// </summary>
    private static async Task IndexAgainAsync(
        NpgsqlConnection connection, Id<Project> project, Id<VectorStore>[] stores, List<Guid> ended,
        CancellationToken cancellationToken)
    {
        Guid[] files = [.. ended.Distinct()];
        var again = await connection.ListAsync(
            $"""
            select vector_store_id, file_id, revision_id
            from retrieval.store_file
            where vector_store_id = any({Array.ConvertAll(stores, store => store.Value)})
              and file_id = any({files}) and state = 'completed' and removed_at is null
            order by vector_store_id, file_id
            """,
            row => new FileProcessed(
                new(row.GetGuid(0)), new(row.GetGuid(1)), new(row.GetGuid(2)), Failure: null),
            cancellationToken);
        await WorkQueue.EnqueueAllAsync(connection, project, FileProcessed.Queue, again, cancellationToken);
    }

    /// <param name="SnapshotId">A snapshot of this store.</param>
    /// <param name="Reason">Why, for whoever asks later.</param>
    internal sealed record Request(string? SnapshotId = null, string? Reason = null);

    /// <param name="KeptAs">The snapshot of what the store held until then.</param>
    /// <param name="Files">How many files it holds now.</param>
    /// <param name="FilesRemoved">Files that could be found before, and cannot now.</param>
    /// <param name="FilesDeleted">Files of the snapshot that were deleted since: they do not come back.</param>
    internal sealed record Response(
        Id<VectorStore> VectorStoreId, Id<VectorStore> SnapshotId, Id<VectorStore> KeptAs, long Version, int Files,
        int FilesRemoved, int FilesDeleted)
    {
        public string Object { get; } = "vector_store.rollback";
    }
}
