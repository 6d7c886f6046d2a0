using AiStack.ServiceDefaults.Erasures;

namespace AiStack.Ingest.Erasures;

/// <summary>
/// Lineage: events that name somebody go; of datasets and jobs that other tools told of, the names do. Which came of
/// which stays.
/// </summary>
internal static class LineagePlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        ErasurePlace.OfNames("ingest.lineage_event",
            scope =>
            $"select 'lin_' || replace(id::text, '-', ''), event::text, false, null from ingest.lineage_event",
            (_, keys) => $"delete from ingest.lineage_event where id = any({ErasurePlace.IdsOf(keys)})")
        with
        {
            IsLast = true,
            IsOfFiles = true,
        },
        ErasurePlace.OfNames("ingest.lineage_node",
            scope =>
                $"""
                select replace(id::text, '-', ''), concat_ws(' ', namespace, name, label), false, null
                from ingest.lineage_node
                """,
            (_, keys) =>
                $"""
                update ingest.lineage_node
                set label = null,
                    -- Ours are called by their ids, but for documents, which their sources call.
                    namespace = case when namespace like 'aistack://%' and name not like 'sources/%' then namespace
                                else 'erased' end,
                    name = case when namespace like 'aistack://%' and name not like 'sources/%' then name
                           else id::text end
                where id = any({ErasurePlace.IdsOf(keys)})
                """)
        with
        {
            IsLast = true,
            IsOfFiles = true,
        },
        ErasurePlace.OfNames("ingest.lineage_edge",
            scope =>
                $"""
                select job_namespace || '/' || job_name, concat_ws(' ', job_namespace, job_name), false, null,
                       count(*)::int
                from ingest.lineage_edge
                where job_namespace not like 'aistack://%'
                group by job_namespace, job_name
                """,
            (_, keys) =>
                $"""
                update ingest.lineage_edge
                set job_namespace = 'erased', job_name = 'erased'
                where job_namespace || '/' || job_name = any({keys})
                """)
        with
        {
            HasPersonalKey = true,
        },
    ];
}
