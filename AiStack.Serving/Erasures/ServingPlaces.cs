using AiStack.ServiceDefaults.Erasures;
using AiStack.Serving.Ledger;

namespace AiStack.Serving.Erasures;

/// <summary>
/// Where Serving keeps what people said: first what is found by an answer's texts, then those. Of an answer its words
/// go; that it was given, what it took and what it cost stay.
/// </summary>
internal static class ServingPlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        .. ConversationPlaces.All,
        new("serving.background_response",
            scope =>
                $"""
                select 'resp_' || replace(b.id::text, '-', ''),
                       case when {scope.ReadsWords}
                            then concat_ws(' ', b.request, b.response, array_to_string(b.principals, ' ')) end,
                       u.name = {EndUser.Of(null, scope.EndUser)} or b.created_at < {scope.Criteria.AnswersBefore},
                       u.name
                from serving.background_response b
                cross join lateral (
                    select coalesce(
                        (select c.end_user from serving.completion c where c.id = b.id),
                        nullif(b.request ->> 'safety_identifier', ''), b.request ->> 'user') as name) u
                """,
            (_, keys) => $"delete from serving.background_response where id = any({ErasurePlace.IdsOf(keys)})"),
        new(ErasureScope.AnswerKind,
            scope =>
                $"""
                select case c.api
                           when 'chat.completions' then 'chatcmpl-' when 'messages' then 'msg_'
                           when 'completions' then 'cmpl_' else 'resp_'
                       end || replace(c.id::text, '-', ''),
                       case when {scope.ReadsWords} then concat_ws(
                           ' ', c.question, c.answer, c.input, c.response, c.retrieved, c.citations, c.end_user,
                           array_to_string(c.principals, ' ')) end,
                       c.end_user = {EndUser.Of(null, scope.EndUser)} or c.created_at < {scope.Criteria.AnswersBefore},
                       c.end_user
                from serving.completion c
                -- What has no words any more has none to lose, but for the names of those whom it was for.
                where c.input is not null or c.end_user is not null or c.principals is not null
                """,
            (scope, keys) =>
                $"""
                update serving.completion
                set question = null, answer = null, input = null, response = null,
                    end_user = null, principals = null, question_sha256 = sha256(''), answer_sha256 = sha256(''),
                    deleted_at = coalesce(deleted_at, now())
                where id = any({ErasurePlace.IdsOf(keys)})
                """),
        new ErasurePlace("serving.kept_answer",
            scope =>
                $"""
                select encode(key, 'hex'), case when {scope.ReadsWords} then answer::text end,
                       -- Whose question it was is not known: of an end user all go, which costs to make them again.
                       {scope.EndUser}::text is not null or file_ids && {scope.Files}
                           or created_at < {scope.Criteria.AnswersBefore},
                       null
                from serving.kept_answer
                """,
            (_, keys) =>
                $"delete from serving.kept_answer where key in (select decode(k, 'hex') from unnest({keys}) k)")
        with
        {
            // It is a hash of what was asked.
            HasPersonalKey = true,
        },
        .. BatchPlaces.All,
        .. EndUserPlaces.All,
        .. SettingPlaces.All,
    ];
}
