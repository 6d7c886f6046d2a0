using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Blobs;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Work;
using Npgsql;

namespace AiStack.Ingest.Sources;

/// <summary>
/// Stores what a run found out of some documents: their files, what is known of them, and the word to Retrieval, in one
/// transaction of the run.
/// </summary>
internal sealed class StoreItems(IBlobStore blobs, TimeProvider time)
{
    public async Task RunAsync(
        NpgsqlConnection connection, RunRow run, IReadOnlyList<FoundItem> items, RunCounts counts,
        CancellationToken cancellationToken)
    {
        var held = await HeldAsync(connection, run, items, cancellationToken);
        bool IsHeld(FoundItem item) =>
            item.Finding == Finding.New && held.Contains(Convert.ToHexString(item.Blob!.Id.ToArray()));

        var files = new Dictionary<string, Guid>(StringComparer.Ordinal);
        // Blobs are locked in one order: two workers cannot wait for each other.
        foreach (var item in items
            .Where(item => item.Finding is Finding.New or Finding.Changed && !IsHeld(item))
            .OrderBy(item => item.Blob!.Id.ToString(), StringComparer.Ordinal))
        {
            var file = await item.ToFile().InsertAsync(
                connection, run.ProjectId, blobs, time.GetUtcNow(), cancellationToken);
            files[item.Listed.KeyText] = file.Id.Value;
        }

        await SourceLineage.BroughtAsync(
            connection, run,
            [
                .. items.Where(item => files.ContainsKey(item.Listed.KeyText)).Select(item => new BroughtFile(
                    item.Listed.Item.Id, item.Listed.Url, new(files[item.Listed.KeyText]), item.Listed.Name,
                    item.Blob!.Id.ToArray())),
            ],
            time.GetUtcNow(), cancellationToken);

        var stale = await StaleItems.MarkAsync(connection, run, items, cancellationToken);
        counts.HasFailed |= stale.Count > 0;
        await KeepAsync(
            connection, run,
            [.. items.Where(item => item.Finding is Finding.New or Finding.Changed or Finding.Said)
                .Where(item => !stale.Contains(item.Listed.KeyText))
                .Select(item => new Kept(
                    item, files.TryGetValue(item.Listed.KeyText, out var file) ? file : null, IsHeld(item)))],
            cancellationToken);
        await MarkAsync(connection, run, items, cancellationToken);
        Count(items, counts, IsHeld);
    }

    /// <summary>
    /// Tells Retrieval of the files of documents, by their rows as they are now. They take the place of all versions
    /// before that are in a store, where a rollback may have brought one back, or in a snapshot.
    /// </summary>
    public static async Task TellAsync(
        NpgsqlConnection connection, RunRow run, IReadOnlyCollection<byte[]> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return;
        }

        var told = await connection.ListAsync(
            $"""
            update ingest.source_item item
            set told = told + 1, detached = false
            where source_id = {run.SourceId} and item_key = any({keys.ToArray()}) and file_id is not null
            returning file_id, told, array(
                select before.id
                from ingest.file f
                join ingest.file before on before.line = f.line and before.id < f.id and before.deleted_at is null
                where f.id = item.file_id and before.id <> all(item.replaced) and retrieval.is_held(before.id)
                order by before.id) || replaced, attributes, principals
            """,
            row => SourceFileRow.Read(run, row),
            cancellationToken);
        await WorkQueue.EnqueueAllAsync(connection, run.ProjectId, SourceFile.Queue, told, cancellationToken);
    }

    public static void Count(IReadOnlyList<FoundItem> items, RunCounts counts, Func<FoundItem, bool> isHeld)
    {
        counts.Found += items.Count(item => item.Finding != Finding.Gone);
        counts.Bytes += items.Sum(item => item.Blob?.SizeBytes ?? 0);
        foreach (var item in items)
        {
            switch (item.Finding)
            {
                case Finding.New:
                    counts.Added += isHeld(item) ? 0 : 1;
                    break;
                case Finding.Changed:
                    counts.Changed++;
                    break;
                case Finding.Failed or Finding.Refused:
                case Finding.Unchanged when item.Known is { Problem: not null, IsRefused: true }:
                    counts.Failed++;
                    break;
                case Finding.Said when !item.Listed.IsSaidAlike(item.Known!):
                    counts.Changed++;
                    break;
                case Finding.Unchanged or Finding.Said:
                    counts.Unchanged++;
                    break;
            }
        }
    }

    /// <summary>The bytes of new documents that another one has, which the run has not seen.</summary>
    private static async Task<HashSet<string>> HeldAsync(
        NpgsqlConnection connection, RunRow run, IReadOnlyList<FoundItem> items, CancellationToken cancellationToken)
    {
        byte[][] bytes =
            [.. items.Where(item => item.Finding == Finding.New).Select(item => item.Blob!.Id.ToArray())];
        if (bytes is [])
        {
            return [];
        }

        var held = await connection.ListAsync(
            $"""
            select distinct i.sha256
            from ingest.source_item i
            join ingest.file f on f.id = i.file_id and f.deleted_at is null
            where i.source_id = {run.SourceId} and i.sha256 = any({bytes}) and i.seen_run is distinct from {run.Id}
            """,
            row => Convert.ToHexString(row.GetFieldValue<byte[]>(0)),
            cancellationToken);
        return [.. held];
    }

    private static async Task KeepAsync(
        NpgsqlConnection connection, RunRow run, List<Kept> kept, CancellationToken cancellationToken)
    {
        if (kept is [])
        {
            return;
        }

        var keys = kept.ConvertAll(item => item.Listed.Key).ToArray();
        var ids = kept.ConvertAll(item => item.Listed.Item.Id).ToArray();
        var names = kept.ConvertAll(item => item.Listed.Name).ToArray();
        var versions = kept.ConvertAll(item => item.Listed.Item.Version).ToArray();
        var notes = kept.ConvertAll(item => item.Listed.Item.Notes).ToArray();
        var urls = kept.ConvertAll(item => item.Listed.Url).ToArray();
        var attributes = kept.ConvertAll(item => item.Listed.Attributes.ToJsonString()).ToArray();
        var principals = kept.ConvertAll(item => item.Listed.PrincipalsText).ToArray();
        var files = kept.ConvertAll(item => item.File).ToArray();
        var hashes = kept.ConvertAll(item => item.Item.Blob?.Id.ToArray()).ToArray();
        var sizes = kept.ConvertAll(item => item.Item.Blob?.SizeBytes).ToArray();
        var types = kept.ConvertAll(item => item.HeldType).ToArray();
        byte[][] keeps = [.. kept.Where(item => item.KeepsProblem).Select(item => item.Listed.Key)];
        await connection.ExecuteAsync(
            $"""
            insert into ingest.source_item as i (
                source_id, item_key, project_id, item_id, name, version, notes, url, attributes, principals, file_id,
                sha256, size_bytes, held_type, first_run, seen_run)
            select {run.SourceId}, item_key, {run.ProjectId}, item_id, name, version, notes, url, attributes::jsonb,
                   case when principals is not null
                        then array(select jsonb_array_elements_text(principals::jsonb)) end,
                   file_id, sha256, size_bytes, held_type, {run.Id}, {run.Id}
            from unnest({keys}, {ids}, {names}, {versions}, {notes}, {urls}, {attributes}, {principals}, {files},
                        {hashes}, {sizes}, {types})
                as item (item_key, item_id, name, version, notes, url, attributes, principals, file_id, sha256,
                         size_bytes, held_type)
            order by item_key
            on conflict (source_id, item_key) do update
            set name = excluded.name, version = excluded.version, notes = excluded.notes, url = excluded.url,
                attributes = excluded.attributes, principals = excluded.principals,
                file_id = coalesce(excluded.file_id, i.file_id), sha256 = coalesce(excluded.sha256, i.sha256),
                size_bytes = coalesce(excluded.size_bytes, i.size_bytes),
                replaced = case
                    when excluded.file_id is not null
                     and exists (select from ingest.file f where f.id = i.file_id and f.deleted_at is null)
                        then i.replaced || i.file_id
                    else i.replaced
                end,
                problem = case when i.item_key = any({keeps}) then i.problem end,
                refused = i.refused and i.item_key = any({keeps}),
                problem_file = case when i.item_key = any({keeps}) then i.problem_file end,
                held_type = excluded.held_type, seen_run = excluded.seen_run, gone_run = null
            """, cancellationToken, StatementLimits.Long);
        await RenameFilesAsync(connection, run, keys, cancellationToken);
        await LineUpAsync(connection, run, keys, cancellationToken);
        await TellAsync(
            connection, run, [.. kept.Where(item => item.IsTold).Select(item => item.Listed.Key)], cancellationToken);
    }

    /// <summary>The file of a new version is in line with that of the one before.</summary>
    private static Task<int> LineUpAsync(
        NpgsqlConnection connection, RunRow run, byte[][] keys, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            with pair as (
                select file_id, replaced[cardinality(replaced)] as before
                from ingest.source_item
                where source_id = {run.SourceId} and item_key = any({keys}) and cardinality(replaced) > 0
            ), first as (
                update ingest.file f
                set line = f.id
                from pair
                where f.id = pair.before and f.line is null
            )
            update ingest.file f
            set line = coalesce(b.line, b.id)
            from pair
            join ingest.file b on b.id = pair.before
            where f.id = pair.file_id and f.line is null
            """, cancellationToken);

    private static Task<int> RenameFilesAsync(
        NpgsqlConnection connection, RunRow run, byte[][] keys, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            update ingest.file file
            set filename = item.name
            from ingest.source_item item
            where item.source_id = {run.SourceId} and item.item_key = any({keys}) and file.id = item.file_id
              and file.filename <> item.name
            """, cancellationToken);

    private static async Task MarkAsync(
        NpgsqlConnection connection, RunRow run, IReadOnlyList<FoundItem> items, CancellationToken cancellationToken)
    {
        byte[][] KeysOf(Finding finding) =>
            [.. items.Where(item => item.Finding == finding).Select(item => item.Listed.Key)];

        if (KeysOf(Finding.Unchanged) is { Length: > 0 } unchanged)
        {
            await connection.ExecuteAsync(
                $"""
                update ingest.source_item item
                set seen_run = {run.Id}, gone_run = null, problem = case when item.refused then item.problem end
                from unnest({unchanged}) as seen (item_key)
                where item.source_id = {run.SourceId} and item.item_key = seen.item_key
                """, cancellationToken, StatementLimits.Long);
        }

        if (KeysOf(Finding.Gone) is { Length: > 0 } gone)
        {
            await connection.ExecuteAsync(
                $"""
                update ingest.source_item item
                set seen_run = null, gone_run = {run.Id}
                from unnest({gone}) as removed (item_key)
                where item.source_id = {run.SourceId} and item.item_key = removed.item_key
                """, cancellationToken);
        }

        if (items.Where(item => item.Finding is Finding.Failed or Finding.Refused).ToList() is { Count: > 0 } failed)
        {
            await FailedItems.MarkAsync(connection, run, failed, cancellationToken);
        }
    }

    private sealed record Kept(FoundItem Item, Guid? File, bool IsHeld)
    {
        public ListedItem Listed => Item.Listed;

        public string? HeldType => IsHeld ? Item.Listed.Item.MediaType ?? "application/octet-stream" : null;

        /// <summary>What is wrong with its text stays wrong while its bytes stay.</summary>
        public bool KeepsProblem => Item is { Finding: Finding.Said, Known: { } known }
            && (Item.Blob is null ? known.IsRefused && known.Version == Listed.Item.Version : known.HasUnreadableFile);

        public bool IsTold => File is not null || (!IsHeld && !Listed.IsSaidAlike(Item.Known!));
    }
}
