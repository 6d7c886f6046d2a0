using AiStack.Contracts.Work;
using AiStack.Ingest.Files;
using AiStack.ServiceDefaults.Erasures;

namespace AiStack.Ingest.Erasures;

/// <summary>Where Ingest keeps words besides files that are there, and the queues of all services.</summary>
internal static class IngestPlaces
{
    /// <summary>Queues whose work is about more than one file. It has ids, and names only what a source said.</summary>
    private static readonly string[] _shared = [SourceFile.Queue, LineageNote.Queue, ClearBlobs.QueueName];

    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        // Files that were deleted leave their names.
        ErasurePlace.OfNames("ingest.deleted_file",
            scope =>
                $"""
                select 'file-' || replace(id::text, '-', ''), filename, false, null
                from ingest.file
                where deleted_at is not null
                """,
            (_, keys) =>
                $"""
                update ingest.file set filename = {ForgetFiles.Name} where id = any({ErasurePlace.IdsOf(keys)})
                """),
        ErasurePlace.OfNames("ingest.upload",
            scope =>
            $"select 'upload_' || replace(id::text, '-', ''), filename, false, null from ingest.upload",
            (_, keys) =>
                $"""
                update ingest.upload set filename = {ForgetFiles.Name} where id = any({ErasurePlace.IdsOf(keys)})
                """),
        // Documents that have no file, or whose file is held.
        ErasurePlace.OfNames("ingest.source_item",
            scope =>
                $"""
                select source_id || '/' || encode(item_key, 'hex'),
                       concat_ws(' ', item_id, name, notes, url, attributes, problem,
                                 array_to_string(principals, ' ')),
                       false, null
                from ingest.source_item
                where file_id is null
                """,
            (_, keys) =>
                $"""
                delete from ingest.source_item i
                using unnest({keys}) as gone (key)
                where i.source_id = split_part(gone.key, '/', 1)::uuid
                  and i.item_key = decode(split_part(gone.key, '/', 2), 'hex')
                """)
        with
        {
            // A hash of what its source calls it.
            HasPersonalKey = true,
        },
        ErasurePlace.OfNames("ingest.source_run",
            scope =>
                $"""
                select 'srcrun_' || replace(id::text, '-', ''),
                       concat_ws(' ', changes, array_to_string(missed, ' '), error), false, null
                from ingest.source_run
                """,
            (_, keys) =>
                $"""
                update ingest.source_run
                set changes = jsonb_build_array(), missed = array[]::text[],
                    error = case when error is not null then 'erased' end
                where id = any({ErasurePlace.IdsOf(keys)})
                """),
        ErasurePlace.OfNames("ingest.source", scope =>
            $"""
            select 'src_' || replace(id::text, '-', ''), concat_ws(' ', name, settings, paused_because), false, null
            from ingest.source
            """),
        ErasurePlace.OfNames("ingest.legal_hold", scope =>
            $"""
            select 'hold_' || replace(id::text, '-', ''), concat_ws(' ', reason, release_reason), false, null
            from ingest.legal_hold
            """),
        .. LineagePlaces.All,
        // What names a file that goes need not be done any more; what is about others too must be.
        ErasurePlace.OfWords("ops.work_item",
            scope =>
                $"""
                select replace(id::text, '-', ''), concat_ws(' ', payload, last_error), false, null
                from ops.work_item
                where project_id = {scope.ProjectId} and state <> 'leased'
                  and queue not like '%.erase' and queue not like '%.erasure-report' and queue <> all({_shared})
                """,
            (scope, keys) =>
                $"""
                delete from ops.work_item
                where project_id = {scope.ProjectId} and id = any({ErasurePlace.IdsOf(keys)}) and state <> 'leased'
                """)
        with
        {
            IsLast = true,
            IsOfFiles = true,
        },
        ErasurePlace.OfNames("ops.work_item.shared",
            scope =>
                $"""
                select replace(id::text, '-', ''), concat_ws(' ', payload, last_error), false, null
                from ops.work_item
                where project_id = {scope.ProjectId} and queue = any({_shared})
                """)
        with
        {
            IsLast = true,
        },
    ];
}
