using AiStack.ServiceDefaults.Erasures;
using AiStack.Serving.Ledger;

namespace AiStack.Serving.Erasures;

/// <summary>Conversations, of which the items go that fit; one that says nothing any more goes as well.</summary>
internal static class ConversationPlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        new ErasurePlace("serving.conversation_item",
            // Whose an item is, is known from the answers that it was said for: they have it, or their id is in its id.
            scope =>
                $"""
                with user_item as materialized (
                    select distinct item ->> 'id' as id, c.end_user
                    from serving.completion c
                    cross join lateral (
                        select jsonb_path_query(c.input, '$[*]')
                        union all
                        select jsonb_path_query(c.response, '$.output[*]')
                    ) said (item)
                    where c.end_user = {EndUser.Of(null, scope.EndUser)} or c.end_user = any({scope.HeldUsers})
                ), user_answer as materialized (
                    select distinct on (start) left(replace(c.id::text, '-', ''), 28) as start, c.end_user
                    from serving.completion c
                    where c.end_user = {EndUser.Of(null, scope.EndUser)} or c.end_user = any({scope.HeldUsers})
                )
                select i.conversation_id || '/' || i.id,
                       case when {scope.ReadsWords}
                            then concat_ws(' ', i.item, array_to_string(i.principals, ' ')) end,
                       coalesce(u.end_user, a.end_user) = {EndUser.Of(null, scope.EndUser)}
                           or serving.said_at(i.id, i.created_at) < {scope.Criteria.AnswersBefore},
                       coalesce(u.end_user, a.end_user)
                from serving.conversation_item i
                left join user_item u on u.id = i.id
                left join user_answer a on a.start = left(substring(i.id from '_([0-9a-f]+)$'), 28)
                """,
            // What is said of a conversation of an end user is of them.
            (scope, keys) =>
                $"""
                with named as (
                    update serving.conversation c
                    set metadata = jsonb_build_object()
                    from unnest({keys}) as gone (key)
                    where {scope.EndUser}::text is not null and c.id = split_part(gone.key, '/', 1)::uuid
                )
                delete from serving.conversation_item
                using unnest({keys}) as gone (key)
                where conversation_id = split_part(gone.key, '/', 1)::uuid
                    and id = substr(gone.key, strpos(gone.key, '/') + 1)
                """)
        with
        {
            // Callers name their items.
            HasPersonalKey = true,
        },
        new("serving.conversation",
            scope =>
                $"""
                select 'conv_' || replace(c.id::text, '-', ''), case when {scope.ReadsWords} then c.metadata::text end,
                       c.created_at < {scope.Criteria.AnswersBefore} and not exists (
                           select from serving.conversation_item i where i.conversation_id = c.id),
                       null
                from serving.conversation c
                """,
            (_, keys) =>
                $"""
                with named as (
                    update serving.conversation c
                    set metadata = jsonb_build_object()
                    where c.id = any({ErasurePlace.IdsOf(keys)}) and exists (
                        select from serving.conversation_item i where i.conversation_id = c.id)
                )
                delete from serving.conversation c
                where c.id = any({ErasurePlace.IdsOf(keys)}) and not exists (
                    select from serving.conversation_item i where i.conversation_id = c.id)
                """),
    ];
}
