using AiStack.ServiceDefaults.Erasures;

namespace AiStack.Evals.Erasures;

/// <summary>Where Evals keeps what people and runs said of answers. Verdicts and measures stay.</summary>
internal static class EvalsPlaces
{
    private const string Erased = "(erased)";

    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        new("evals.feedback",
            scope =>
                $"""
                select 'fdbk_' || replace(id::text, '-', ''),
                       concat_ws(' ', replace(completion_id::text, '-', ''), author, correction, comment),
                       author = {scope.EndUser} or updated_at < {scope.Criteria.FeedbackBefore}, author
                from evals.feedback
                where author not like 'erased:%'
                """,
            (_, keys) =>
                $"""
                update evals.feedback
                set author = 'erased:' || id, correction = null, comment = null
                where id = any({ErasurePlace.IdsOf(keys)})
                """),
        // An item stays a question that can be read; one that waits is asked it.
        ErasurePlace.OfWords("evals.run_item",
            scope =>
                $"""
                select 'outputitem_' || replace(id::text, '-', ''),
                       concat_ws(' ', item, grades, response_id, output_text, citations, error_message), false, null
                from evals.run_item
                -- A question may have signs that no text of Postgres has: the item is compared as it was written.
                where item::text <> json_build_object('question', {Erased}::text, 'answerable', false)::text
                """,
            (_, keys) =>
                $"""
                update evals.run_item
                set item = json_build_object('question', {Erased}::text, 'answerable', false),
                    grades = case when state = 'answered' then json_build_array() end,
                    output_text = case when state = 'answered' then {Erased} end,
                    citations = case when state = 'answered' then json_build_array() end,
                    error_message = case when state = 'errored' then {Erased} end
                where id = any({ErasurePlace.IdsOf(keys)})
                """),
        ErasurePlace.OfNames("evals.run",
            scope =>
                $"""
                select 'evalrun_' || replace(id::text, '-', ''), concat_ws(' ', name, error_message, metadata), false,
                       null
                from evals.run
                """,
            (_, keys) =>
                $"""
                update evals.run
                set name = 'erased', metadata = null,
                    error_message = case when error_message is not null then 'erased' end
                where id = any({ErasurePlace.IdsOf(keys)})
                """),
        ErasurePlace.OfNames("evals.alert",
            scope =>
                $"""
                select 'alert_' || replace(id::text, '-', ''), concat_ws(' ', subject, what), false, null
                from evals.alert
                """,
            (_, keys) => $"delete from evals.alert where id = any({ErasurePlace.IdsOf(keys)})"),
        ErasurePlace.OfNames("evals.data_source", scope =>
            $"select 'evalrun_' || replace(id::text, '-', ''), data_source::text, false, null from evals.run"),
        ErasurePlace.OfNames("evals.eval", scope =>
            $"""
            select 'eval_' || replace(id::text, '-', ''), concat_ws(' ', name, testing_criteria, metadata), false, null
            from evals.eval
            """),
    ];
}
