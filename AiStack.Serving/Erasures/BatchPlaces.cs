using AiStack.ServiceDefaults.Erasures;
using AiStack.Serving.Ledger;

namespace AiStack.Serving.Erasures;

/// <summary>Batches: their files are Ingest's, their lines are here until they end.</summary>
internal static class BatchPlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        // A line that waits is not asked any more.
        new("serving.batch_line",
            scope =>
                $"""
                select l.batch_id || '/' || l.number,
                       case when {scope.ReadsWords}
                            then concat_ws(' ', l.custom_id, l.request, l.result, b.input_file_id) end,
                       u.name = {EndUser.Of(null, scope.EndUser)}, u.name
                from serving.batch_line l
                join serving.batch b on b.id = l.batch_id
                cross join lateral (select serving.asked_for(l.request) as name) u
                where l.request <> jsonb_build_object()::text or l.custom_id <> 'erased-' || l.number
                """,
            (_, keys) =>
                $"""
                with gone as (
                    select batch_id, number, result is null as has_waited
                    from serving.batch_line
                    where batch_id || '/' || number = any({keys})
                    for update
                ), cleared as (
                    update serving.batch_line line
                    set request = jsonb_build_object()::text, custom_id = 'erased-' || line.number,
                        has_failed = line.has_failed or gone.has_waited,
                        result = jsonb_build_object(
                            'id', null, 'custom_id', 'erased-' || line.number, 'response', null,
                            'error', jsonb_build_object('code', 'erased', 'message', 'It was erased.'))::text
                    from gone
                    where line.batch_id = gone.batch_id and line.number = gone.number
                )
                update serving.batch batch
                set failed = failed + waited.lines
                from (select batch_id, count(*) filter (where has_waited) as lines from gone group by batch_id) waited
                where batch.id = waited.batch_id
                """),
        new("serving.batch",
            scope =>
                $"""
                select 'batch_' || replace(id::text, '-', ''),
                       case when {scope.ReadsWords}
                            then concat_ws(' ', metadata, errors, array_to_string(principals, ' ')) end,
                       created_at < {scope.Criteria.AnswersBefore}, null
                from serving.batch
                where metadata <> jsonb_build_object() or errors is not null or principals is not null
                """,
            (_, keys) =>
                $"""
                update serving.batch
                set metadata = jsonb_build_object(), errors = null,
                    -- What goes on is asked for the same people.
                    principals = case when ended_at is null then principals end
                where id = any({ErasurePlace.IdsOf(keys)})
                """),
    ];
}
