using AiStack.Ingest.Connectors;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// What a run does once all is listed. New documents whose bytes another one had are that one under a new name, where
/// it is gone; what else is gone is removed. None of it happens when the list broke off.
/// </summary>
internal sealed class EndRun(RunStore store, IBlobStore blobs, TimeProvider time)
{
    /// <summary>Documents of one transaction.</summary>
    private const int Together = 200;

    /// <summary>Known documents from which on a run that removes more than half of them must be confirmed.</summary>
    private const int MinGuarded = 20;

    /// <summary>Parts that may be missed: beyond, nothing that is not listed counts as gone.</summary>
    private const int MaxMissed = 1_000;

    private const string NotThere = "Its bytes were cleared before it had a file; the next run reads it again.";

    /// <exception cref="SourceException">It would remove too much.</exception>
    public async Task RunAsync(RunRow run, Discovery discovery, CancellationToken cancellationToken)
    {
        var gone = new Gone(
            discovery.ListsAll && discovery.Missed.Count <= MaxMissed,
            [.. discovery.Missed.Take(MaxMissed).Select(missed => missed.IdPrefix)]);
        if (run.IsDry)
        {
            await TellGoneAsync(run, gone, cancellationToken);
            return;
        }

        while (await SettleHeldAsync(run, gone, cancellationToken))
        {
            // A transaction each, so that none is long.
        }

        await GuardAsync(run, gone, cancellationToken);
        while (await RemoveAsync(run, gone, cancellationToken))
        {
            // As above.
        }
    }

    private async Task TellGoneAsync(RunRow run, Gone gone, CancellationToken cancellationToken)
    {
        var counts = new RunCounts();
        await store.StoreAsync(
            run,
            counts,
            async connection =>
            {
                (counts.Removed, _) = await CountAsync(connection, run, gone, cancellationToken);
                var changes = await connection.ListAsync(
                    $"""
                    select item_id, name
                    from ingest.source_item
                    where source_id = {run.SourceId} and file_id is not null
                      and (({gone.ListsAll} and seen_run is distinct from {run.Id}) or gone_run = {run.Id})
                      and not exists (select from unnest({gone.Missed}) as missed where starts_with(item_id, missed))
                    order by item_key
                    limit greatest(0, {WouldChange.Max} - (
                        select jsonb_array_length(changes) from ingest.source_run where id = {run.Id}))
                    """,
                    row => new WouldChange("removed", row.GetString(0), row.GetString(1)),
                    cancellationToken);
                await RunStore.AddChangesAsync(connection, run, changes, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Settles some of the documents that are held; false when there are none left.</summary>
    private async Task<bool> SettleHeldAsync(RunRow run, Gone gone, CancellationToken cancellationToken)
    {
        var counts = new RunCounts();
        var settled = 0;
        await store.StoreAsync(
            run,
            counts,
            async connection =>
            {
                var held = await connection.ListAsync(
                    $"""
                    select item_key, sha256, size_bytes, name, held_type, item_id, url
                    from ingest.source_item
                    where source_id = {run.SourceId} and held_type is not null and seen_run = {run.Id}
                    order by item_key
                    limit {Together}
                    """,
                    row => new Held(
                        row.GetFieldValue<byte[]>(0),
                        new(new BlobId(row.GetFieldValue<byte[]>(1)), row.GetInt64(2)),
                        row.GetString(3),
                        row.GetString(4),
                        row.GetString(5),
                        row.IsDBNull(6) ? null : row.GetString(6)),
                    cancellationToken);
                foreach (var item in held.OrderBy(item => item.Blob.Id.ToString(), StringComparer.Ordinal))
                {
                    var isRenamed = await RenameAsync(connection, run, gone, item, cancellationToken);
                    var isAdded = !isRenamed && await AddAsync(connection, run, item, cancellationToken);
                    counts.Renamed += isRenamed ? 1 : 0;
                    counts.Added += isAdded ? 1 : 0;
                    counts.Failed += isRenamed || isAdded ? 0 : 1;
                    counts.HasFailed |= !isRenamed && !isAdded;
                }

                await StoreItems.TellAsync(connection, run, [.. held.Select(item => item.Key)], cancellationToken);
                settled = held.Count;
            },
            cancellationToken);
        return settled > 0;
    }

    /// <summary>Gives it the file of a document that is gone; false when none with its bytes is.</summary>
    private static async Task<bool> RenameAsync(
        NpgsqlConnection connection, RunRow run, Gone gone, Held held, CancellationToken cancellationToken)
    {
        var file = await connection.FirstOrDefaultAsync(
            $"""
            with was as (
                delete from ingest.source_item
                where (source_id, item_key) in (
                    select i.source_id, i.item_key
                    from ingest.source_item i
                    join ingest.file f on f.id = i.file_id and f.deleted_at is null
                    where i.source_id = {run.SourceId} and i.sha256 = {held.Blob.Id.ToArray()}
                      and i.item_key <> {held.Key}
                      and (({gone.ListsAll} and i.seen_run is distinct from {run.Id}) or i.gone_run = {run.Id})
                      and not exists (
                          select from unnest({gone.Missed}) as missed where starts_with(i.item_id, missed))
                    order by i.item_key
                    limit 1)
                returning file_id, replaced, told, problem, refused, problem_file
            )
            update ingest.source_item item
            set file_id = was.file_id, replaced = was.replaced, told = was.told, problem = was.problem,
                refused = was.refused, problem_file = was.problem_file, held_type = null
            from was
            where item.source_id = {run.SourceId} and item.item_key = {held.Key}
            returning item.file_id
            """,
            row => (Guid?)row.GetGuid(0),
            cancellationToken);
        if (file is { } renamed)
        {
            await connection.ExecuteAsync(
                $"update ingest.file set filename = {held.Name} where id = {renamed}", cancellationToken);
        }

        return file is not null;
    }

    /// <summary>
    /// Makes its file; false when its bytes were cleared meanwhile, with the last file that had them. The next run
    /// reads them again.
    /// </summary>
    private async Task<bool> AddAsync(
        NpgsqlConnection connection, RunRow run, Held held, CancellationToken cancellationToken)
    {
        await BlobLock.TakeAsync(connection, held.Blob.Id, cancellationToken);
        await using var stored = await blobs.OpenAsync(held.Blob.Id, cancellationToken);
        var file = stored is null ? null : await new NewFile(
            held.Name, "assistants", held.MediaType, held.Blob).InsertAsync(
                connection, run.ProjectId, blobs, time.GetUtcNow(), cancellationToken);
        await connection.ExecuteAsync(
            $"""
            update ingest.source_item
            set file_id = {file?.Id.Value}::uuid, held_type = null,
                version = case when {file is not null} then version end,
                problem = case when {file is null} then {NotThere} end
            where source_id = {run.SourceId} and item_key = {held.Key}
            """, cancellationToken);
        if (file is null)
        {
            return false;
        }

        var brought = new BroughtFile(held.ItemId, held.Url, file.Id, held.Name, held.Blob.Id.ToArray());
        await SourceLineage.BroughtAsync(connection, run, [brought], time.GetUtcNow(), cancellationToken);
        return true;
    }

    private async Task GuardAsync(RunRow run, Gone gone, CancellationToken cancellationToken)
    {
        await using var connection = await store.OpenAsync(run, cancellationToken);
        // It may have been allowed since the turn began.
        if (await connection.FirstOrDefaultAsync(
            $"select allow_removals from ingest.source_run where id = {run.Id}",
            row => row.GetBoolean(0),
            cancellationToken))
        {
            return;
        }

        var (removed, known) = await CountAsync(connection, run, gone, cancellationToken);
        if (known >= MinGuarded && removed > known / 2)
        {
            throw new SourceException(
                $"This run would remove {removed} of {known} documents, more than half, and has removed none. If they "
                + "are to go, run it again with 'allow_removals'; if not, look at the source.");
        }
    }

    /// <summary>How many documents are gone, and how many were known before.</summary>
    private static async Task<(int Gone, int Known)> CountAsync(
        NpgsqlConnection connection, RunRow run, Gone gone, CancellationToken cancellationToken) =>
        await connection.FirstOrDefaultAsync(
            $"""
            select count(*) filter (
                       where (({gone.ListsAll} and seen_run is distinct from {run.Id}) or gone_run = {run.Id})
                         and not exists (
                             select from unnest({gone.Missed}) as missed where starts_with(item_id, missed)))::int,
                   count(*) filter (where first_run <> {run.Id})::int
            from ingest.source_item
            where source_id = {run.SourceId} and file_id is not null
            """,
            row => (row.GetInt32(0), row.GetInt32(1)),
            cancellationToken,
            StatementLimits.Long);

    /// <summary>Removes some of what is gone; false when nothing is left.</summary>
    private async Task<bool> RemoveAsync(RunRow run, Gone gone, CancellationToken cancellationToken)
    {
        var counts = new RunCounts();
        var removed = 0;
        await store.StoreAsync(
            run,
            counts,
            async connection =>
            {
                var files = await connection.ListAsync(
                    $"""
                    delete from ingest.source_item
                    where (source_id, item_key) in (
                        select source_id, item_key
                        from ingest.source_item
                        where source_id = {run.SourceId}
                          and (({gone.ListsAll} and seen_run is distinct from {run.Id}) or gone_run = {run.Id})
                          and not exists (
                              select from unnest({gone.Missed}) as missed where starts_with(item_id, missed))
                        limit {Together})
                    returning file_id, replaced
                    """,
                    row => (File: row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0), Old: row.GetFieldValue<Guid[]>(1)),
                    cancellationToken);
                await SupersedeFiles.RunAsync(
                    connection, run.ProjectId,
                    [.. files.SelectMany(item => item.Old), .. files.Select(item => item.File).OfType<Guid>()],
                    by: null, run.SourceId, run.StoreId, at: null, cancellationToken);
                counts.Removed = files.Count(item => item.File is not null);
                removed = files.Count;
            },
            cancellationToken);
        return removed > 0;
    }

    /// <param name="ListsAll">Whether what was not listed is gone.</param>
    /// <param name="Missed">What ids begin with of which nothing can be told.</param>
    private sealed record Gone(bool ListsAll, string[] Missed);

    private sealed record Held(
        byte[] Key, StoredBlob Blob, string Name, string MediaType, string ItemId, string? Url);
}
