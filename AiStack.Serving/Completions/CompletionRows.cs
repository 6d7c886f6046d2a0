using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.Serving.Answers;
using AiStack.Serving.Ledger;

namespace AiStack.Serving.Completions;

/// <summary>The statements by which an answer's rows come and go.</summary>
internal static class CompletionRows
{
    /// <summary>
    /// Begins an answer, and holds what it may take of each budget that applies: what those say are the rows. None is
    /// begun that a budget refuses.
    /// </summary>
    public static Sql Begin(CompletionRecord record, Demand demand, Guid process) =>
        $"""
        with living as (
            insert into serving.process (id, seen_at)
            values ({process}, now())
            on conflict do nothing
        ), held as materialized (
            select budget_id, name, unit, currency, period, amount, spent, reserved, held, ends_at, granted, problem
            from serving.reserve_budgets(
                {record.Id}, false, {record.Caller.OrganisationId}, {record.Caller.ProjectId},
                {record.Caller.KeyId?.ToString()}, {record.EndUser}, {new[] { record.Model, record.Engine.Name }},
                {demand.Input}, {demand.Output}, {demand.LeastOutput},
                {demand.InputPrice}::numeric, {demand.OutputPrice}::numeric, {demand.Price?.Currency},
                {record.ShadowOf is not null})
            where serving.has_budgets({record.Caller.OrganisationId}, {record.Caller.ProjectId})
        ), begun as (
            insert into serving.begun (
                id, project_id, process_id, key_id, api, model, engine, question_sha256, vector_store_ids, trace_id,
                created_at, end_user, charged_tokens, charged, model_version, shadow_of)
            select {record.Id}, {record.Caller.ProjectId}, {process}, {record.Caller.KeyId?.Value}::uuid, {record.Api},
                   {record.Model}, {record.Engine.Name}, {Hash(record.Question)}, {record.VectorStoreIds.ToArray()},
                   {record.TraceId}::text, {record.CreatedAt}, {record.EndUser}::text, {demand.Counted}::bigint,
                   {demand.InputCost}::numeric,
                   {record.Engine.Version}::text, {record.ShadowOf}::uuid
            where not exists (select from held where problem is not null)
            -- What is made in the background may be begun again, by another process.
            on conflict (id) do update set process_id = excluded.process_id
        )
        select budget_id, name, unit, currency, period, amount, spent, reserved, held, ends_at, granted, problem,
               -- What is held outlives the server's death, too.
               set_config('synchronous_commit', 'on', true)
        from held
        """;

    /// <summary>Notes what answers have come to: what is charged for them if this process dies now.</summary>
    public static Sql Progress(IReadOnlyCollection<Reservation> running)
    {
        var charges = running.Select(held => (held.RequestId, held.Charge)).ToList();
        var ids = charges.Select(each => each.RequestId).ToArray();
        var tokens = charges.Select(each => each.Charge.Tokens).ToArray();
        var money = charges.Select(each => each.Charge.Money).ToArray();
        return $"select serving.note_progress({ids}, {tokens}, {money})";
    }

    public static Sql TakeBack(CompletionRecord record) =>
        $"""
        with ended as (
            delete from serving.begun where id = {record.Id}
        )
        select serving.return_budgets({record.Id})
        """;

    /// <param name="isLate">
    /// Whether the caller was told that the texts could not be kept: it is the last word then, also over an attempt
    /// that came through after all. Otherwise only over the record of an interruption that was none.
    /// </param>
    public static Sql End(CompletionRecord record, bool isLate)
    {
        var answer = record.Answer;
        var charge = answer.Reservation?.Charge;
        var question = record.Texts is null ? null : record.Question;
        var text = record.Texts is null ? null : WholeCharacters(answer.Text);
        return
            $"""
            with ended as (
                delete from serving.begun where id = {record.Id}
            ), continued as (
                insert into serving.conversation_item (
                    conversation_id, project_id, id, item, has_sources, principals)
                select conversation.id, conversation.project_id, item ->> 'id', item,
                       {record.HasSources}, {record.Caller.KeptPrincipals()}
                from serving.conversation conversation
                cross join lateral (
                    select item, number, false as is_answer
                    from jsonb_array_elements({record.Texts?.Input}::jsonb) with ordinality as i (item, number)
                    union all
                    select item, number, true
                    from jsonb_array_elements({record.Texts?.Response}::jsonb -> 'output')
                        with ordinality as o (item, number)
                ) said
                where conversation.id = {record.ConversationId}
                order by said.is_answer, said.number
                on conflict do nothing
            )
            insert into serving.completion as written (
                id, project_id, key_id, api, model, engine, engine_model, prompt_version, status, failure, refused,
                question_sha256, answer_sha256, input_tokens, output_tokens, duration_seconds, first_words_seconds,
                vector_store_ids, retrieved, citations, trace_id, created_at,
                question, answer, input, response, previous_id, cached_input_tokens, cost, currency, confidence,
                support, charged_tokens, charged, end_user, has_sources, principals, model_version,
                passed_over, kept_since, guards, shadow_of, hedged, mcp_calls)
            values (
                {record.Id}, {record.Caller.ProjectId}, {record.Caller.KeyId?.Value}, {record.Api}, {record.Model},
                {record.AnsweredBy.Name}, {answer.EngineModel}, {PromptVersion(record)}, {answer.Status},
                {answer.Failure}, {answer.Refused}, {Hash(record.Question)}, {Hash(answer.Text)},
                {answer.Usage.InputTokenCount ?? 0}, {answer.Usage.OutputTokenCount ?? 0},
                {record.Elapsed.TotalSeconds}, {answer.FirstWordsAfter?.TotalSeconds},
                {record.VectorStoreIds.ToArray()}, {Retrieved(answer)}::jsonb, {Citations(answer)}::jsonb,
                {record.TraceId}, {record.CreatedAt},
                {question}, {text}, {record.Texts?.Input}::jsonb, {record.Texts?.Response}::jsonb, {record.PreviousId},
                {answer.Usage.CachedInputTokenCount ?? 0}, {answer.Cost}, {answer.Currency}, {answer.Confidence},
                {answer.Support}, {charge?.Tokens}::bigint, {charge?.Money}::numeric, {record.EndUser},
                {record.HasSources}, {record.Caller.KeptPrincipals()}, {record.Engine.Version}::text,
                {PassedOver(answer)}, {answer.KeptSince}, {Guards(answer)}::jsonb, {record.ShadowOf}::uuid,
                {answer.AnsweredBy?.Lost?.Engine.Name}::text, {answer.RemoteCalls})
            on conflict (id) do update
            set (
                engine, passed_over, engine_model, prompt_version, status, failure, refused, answer_sha256,
                input_tokens, output_tokens, duration_seconds, first_words_seconds, retrieved, citations,
                question, answer, input, response, previous_id, cached_input_tokens, cost, currency, confidence,
                support, charged_tokens, charged, has_sources, principals, guards, kept_since, hedged, mcp_calls
            ) = (
                excluded.engine, excluded.passed_over, excluded.engine_model, excluded.prompt_version,
                excluded.status, excluded.failure, excluded.refused, excluded.answer_sha256, excluded.input_tokens,
                excluded.output_tokens,
                excluded.duration_seconds, excluded.first_words_seconds, excluded.retrieved, excluded.citations,
                excluded.question, excluded.answer, excluded.input, excluded.response,
                excluded.previous_id, excluded.cached_input_tokens, excluded.cost, excluded.currency,
                excluded.confidence, excluded.support, excluded.charged_tokens, excluded.charged,
                excluded.has_sources, excluded.principals, excluded.guards, excluded.kept_since, excluded.hedged,
                excluded.mcp_calls
            )
            where {isLate} or written.failure = 'interrupted'
            """;
    }

    // Without sources the conversation goes on without our prompt.
    private static string? PromptVersion(CompletionRecord record) =>
        record.VectorStoreIds.Count > 0 ? record.AnsweredBy.PromptVersion : null;

    private static string[] PassedOver(Answer answer) => [.. answer.AnsweredBy?.PassedOver ?? []];

    private static string? Guards(Answer answer) => answer.Guards?.Counts is { Count: > 0 } acted
        ? JsonSerializer.Serialize(
            acted.Select(each => new
            {
                each.Key.Guard, each.Key.Kind, each.Key.Place, each.Key.Action, Count = each.Value,
            }),
            JsonDefaults.Options)
        : null;

    private static string Retrieved(Answer answer) => JsonSerializer.Serialize(
        answer.Searches.SelectMany(search => search.Results)
            .Select(passage => new { passage.ChunkId, passage.FileId, passage.VectorStoreId, passage.Score }),
        JsonDefaults.Options);

    private static string Citations(Answer answer) => JsonSerializer.Serialize(
        answer.Citations.Select(citation => new
        {
            citation.Passage.ChunkId,
            citation.Passage.FileId,
            citation.Start,
            citation.End,
            IsQuote = citation.Quote is not null,
        }),
        JsonDefaults.Options);

    // A model's stream may end in the middle of a character, which is no UTF-8.
    private static string WholeCharacters(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
