using AiStack.ServiceDefaults.Erasures;

namespace AiStack.Retrieval.Erasures;

/// <summary>Where Retrieval keeps what files say of themselves, or people of files.</summary>
internal static class RetrievalPlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        // Rows of files that left stay for a while, so that indexes in memory are told: with nothing in them.
        new("retrieval.store_file",
            scope =>
                $"""
                select vector_store_id || '/' || replace(file_id::text, '-', ''), null, true, null
                from retrieval.store_file
                where file_id = any({scope.Files})
                """,
            (_, keys) =>
                $"""
                with gone as (
                    select split_part(key, '/', 1)::uuid as store, split_part(key, '/', 2)::uuid as file
                    from unnest({keys}) as k (key)
                ), hashes as (
                    delete from retrieval.chunk_hash h using gone g
                    where h.vector_store_id = g.store and h.file_id = g.file
                ), bands as (
                    delete from retrieval.signature_band b using gone g
                    where b.vector_store_id = g.store and b.file_id = g.file
                )
                update retrieval.store_file f
                set attributes = jsonb_build_object(), document_attributes = jsonb_build_object(), principals = null,
                    error_message = case when f.error_code is not null then 'erased' end, signature = null,
                    near_group = null
                from gone g
                where f.vector_store_id = g.store and f.file_id = g.file
                """),
        // Of files that stay only what names somebody goes, and who is named may not find them any more.
        ErasurePlace.OfNames("retrieval.attributes", scope =>
            $"""
            select vector_store_id || '/' || replace(file_id::text, '-', ''),
                   concat_ws(' ', attributes, document_attributes, error_message, array_to_string(principals, ' ')),
                   false, null
            from retrieval.store_file
            where file_id <> all({scope.Files})
            """)
        with
        {
            IsOfFiles = true,
            Rewrite = NamedAttributes.ClearAsync,
        },
        // What stores held before says the same, in snapshots' days and to this one.
        new ErasurePlace("retrieval.held",
            scope =>
                $"""
                select vector_store_id || '/' || (extract(epoch from valid_from) * 1000000)::bigint || '/'
                           || replace(file_id::text, '-', ''),
                       array_to_string(principals, ' '),
                       file_id = any({scope.Files}) and principals <> array[]::text[], null
                from retrieval.held
                where file_id = any({scope.Files}) or {scope.Wanted.HasNames}
                """)
        with
        {
            IsOfFiles = true,
            Rewrite = NamedAttributes.ClearHeldAsync,
        },
        ErasurePlace.OfNames("retrieval.rollback",
            scope => $"select replace(id::text, '-', ''), reason, false, null from retrieval.rollback",
            (_, keys) =>
                $"update retrieval.rollback set reason = 'erased' where id = any({ErasurePlace.IdsOf(keys)})"),
        new ErasurePlace("retrieval.quality_run",
            scope =>
                $"""
                select 'qrun_' || replace(id::text, '-', ''), concat_ws(
                           ' ', work, release_reason, replace(file_id::text, '-', '')),
                       file_id = any({scope.Files}) and work <> jsonb_build_object(), null
                from retrieval.quality_run
                where work <> jsonb_build_object() or release_reason <> 'erased'
                """,
            (_, keys) =>
                $"""
                update retrieval.quality_run
                set work = jsonb_build_object(),
                    status = case status when 'quarantined' then 'superseded' else status end,
                    release_reason = case when release_reason is not null then 'erased' end
                where id = any({ErasurePlace.IdsOf(keys)})
                """)
        with
        {
            IsOfFiles = true,
        },
        // That somebody had values shown is only added to; the values go with their files.
        ErasurePlace.OfNames("retrieval.reveal", scope =>
            $"""
            select replace(id::text, '-', ''), concat_ws(' ', reason, array_to_string(principals, ' ')), false, null
            from retrieval.reveal
            """),
        // Snapshots are such rows, too.
        ErasurePlace.OfNames("retrieval.vector_store", scope =>
            $"""
            select 'vs_' || replace(id::text, '-', ''),
                   concat_ws(' ', name, description, metadata, synonyms, quality), false, null
            from retrieval.vector_store
            """),
    ];
}
