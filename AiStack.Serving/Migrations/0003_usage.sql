-- Whether an answer names a source: counted without reading the citations.
alter table serving.completion
    add column cited boolean not null generated always as (citations <> '[]') stored;

-- Serves usage, which counts a project's answers of a span of time, from the index alone: rows are wide, since most hold texts.
drop index serving.completion_by_time;
create index completion_by_time on serving.completion (project_id, created_at) include (
    engine, key_id, status, failure, refused, cited, input_tokens, cached_input_tokens, output_tokens, cost, currency,
    duration_seconds, first_words_seconds);

create or replace view serving.published_completion with (security_barrier) as
    select id, project_id, key_id, api, model, engine, engine_model, prompt_version, status, failure, refused,
           question_sha256, answer_sha256, question, answer, input_tokens, output_tokens, duration_seconds, first_words_seconds,
           vector_store_ids, retrieved, citations, trace_id, created_at, cached_input_tokens, cost, currency, cited
    from serving.completion
    where project_id = (select ops.current_project());
