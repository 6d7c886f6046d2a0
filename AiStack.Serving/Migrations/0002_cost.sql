-- What an answer cost, at the price of its day: prices change, and what was spent does not.
alter table serving.completion
    -- Part of the input tokens.
    add column cached_input_tokens bigint not null default 0 check (cached_input_tokens >= 0),
    -- Unknown (null) is not free (0): a model may have no price, and a server may not say what it used.
    add column cost numeric check (cost >= 0),
    add column currency text check (currency ~ '^[A-Z]{3}$'),
    add constraint cost_has_currency check (cost is null or currency is not null);

-- Serves usage: a project's answers of a span of time.
create index completion_by_time on serving.completion (project_id, created_at);

create or replace view serving.published_completion with (security_barrier) as
    select id, project_id, key_id, api, model, engine, engine_model, prompt_version, status, failure, refused,
           question_sha256, answer_sha256, question, answer, input_tokens, output_tokens, duration_seconds, first_words_seconds,
           vector_store_ids, retrieved, citations, trace_id, created_at, cached_input_tokens, cost, currency
    from serving.completion
    where project_id = (select ops.current_project());
