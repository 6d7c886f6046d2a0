-- A process that gives answers. It says every few seconds that it lives.
create table serving.process (
    id      uuid        primary key,
    seen_at timestamptz not null
);

-- An answer that was begun and has no record yet: what its record says when its process dies.
create table serving.begun (
    id               uuid        primary key,
    project_id       uuid        not null,
    process_id       uuid        not null,
    key_id           uuid,
    api              text        not null,
    model            text        not null,
    engine           text        not null,
    question_sha256  bytea       not null,
    vector_store_ids text[]      not null,
    trace_id         text,
    created_at       timestamptz not null
);

call ops.isolate('serving.begun');

-- Records the answers of processes that have been silent for so long, whatever their project, and forgets those processes. Any
-- number of replicas may ask at once. A process that was only slow puts what really happened in the place of what is written here.
create function serving.close_interrupted(silent_for interval) returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with dead as (
        delete from serving.process where seen_at < now() - silent_for
    ), left_behind as (
        select begun.id
        from serving.begun begun
        where not exists (
            select from serving.process process
            where process.id = begun.process_id and process.seen_at >= now() - silent_for)
        for update of begun skip locked
    ), taken as (
        delete from serving.begun begun
        using left_behind
        where begun.id = left_behind.id
        returning begun.*
    ), recorded as (
        insert into serving.completion (
            id, project_id, key_id, api, model, engine, status, failure, refused, question_sha256, answer_sha256,
            input_tokens, output_tokens, duration_seconds, vector_store_ids, retrieved, citations, trace_id, created_at)
        select id, project_id, key_id, api, model, engine, 'failed', 'interrupted', false, question_sha256, sha256(''),
               0, 0, greatest(0, extract(epoch from now() - created_at)), vector_store_ids, '[]', '[]', trace_id, created_at
        from taken
        on conflict (id) do nothing
        returning 1
    )
    select count(*) from recorded
$$;
revoke execute on function serving.close_interrupted from public;
