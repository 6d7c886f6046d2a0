create schema if not exists serving;

-- One answer, however it ended. It is written before its last words are sent: no client has seen the end of an answer that
-- is not here.
create table serving.completion (
    id                  uuid        primary key,
    project_id          uuid        not null,
    key_id              uuid,
    api                 text        not null check (api in ('responses', 'chat.completions')),
    model               text        not null,
    engine              text        not null,
    -- What the engine calls its model; another engine's server may say more than was asked for.
    engine_model        text,
    prompt_version      text,
    status              text        not null check (status in ('completed', 'incomplete', 'failed', 'cancelled')),
    failure             text,
    refused             boolean     not null,
    question_sha256     bytea       not null check (length(question_sha256) = 32),
    answer_sha256       bytea       not null check (length(answer_sha256) = 32),
    input_tokens        bigint      not null check (input_tokens >= 0),
    output_tokens       bigint      not null check (output_tokens >= 0),
    duration_seconds    double precision not null check (duration_seconds >= 0),
    first_words_seconds double precision check (first_words_seconds between 0 and duration_seconds),
    vector_store_ids    text[]      not null,
    -- Chunk ids with their scores, best first; and the cited ones with the offsets of the quotes. No text of documents.
    retrieved           jsonb       not null,
    citations           jsonb       not null,
    trace_id            text,
    created_at          timestamptz not null,

    -- The texts, only when the caller lets us store them: the items of the request, the object that was answered, and both as
    -- plain words. Deleting an answer takes these away; that it was given, and what it cost, stays.
    question            text,
    answer              text,
    input               jsonb,
    response            jsonb,
    previous_id         uuid,
    deleted_at          timestamptz,

    constraint failed_says_why check ((status = 'failed') = (failure is not null)),
    constraint stored_whole_or_not_at_all check (
        (input is null) = (response is null) and (input is null) = (question is null) and (input is null) = (answer is null)),
    constraint deleted_has_no_text check (deleted_at is null or input is null)
);

-- Serves lists and the views of others: a project's answers, newest first.
create index completion_of_project on serving.completion (project_id, id desc);

call ops.isolate('serving.completion');

create view serving.published_completion with (security_barrier) as
    select id, project_id, key_id, api, model, engine, engine_model, prompt_version, status, failure, refused,
           question_sha256, answer_sha256, question, answer, input_tokens, output_tokens, duration_seconds, first_words_seconds,
           vector_store_ids, retrieved, citations, trace_id, created_at
    from serving.completion
    where project_id = (select ops.current_project());
