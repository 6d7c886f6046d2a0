-- What may answer: a version never changes, so that the record of an answer says what gave it.
create table serving.model_version (
    id         uuid        primary key,
    project_id uuid        not null,
    model      text        not null check (model ~ '^[a-z][a-z0-9._-]{0,63}$'),
    number     int         not null check (number > 0),
    -- The engines in the order in which they are asked, and what they are asked for.
    spec       jsonb       not null,
    -- What people should know of it.
    card       jsonb       not null,
    created_at timestamptz not null,
    created_by text        not null,

    constraint version_once unique (project_id, model, number)
);

call ops.isolate('serving.model_version');

create function serving.refuse_change() returns trigger
    language plpgsql as $$
begin
    raise exception '% never changes', tg_table_name;
end
$$;

create trigger never_changes before update on serving.model_version
    for each row execute function serving.refuse_change();

-- Which versions answer for an alias: each change is a row, and the last one counts.
create table serving.route_change (
    id              uuid        primary key,
    project_id      uuid        not null,
    alias           text        not null check (alias ~ '^[a-z][a-z0-9._-]{0,63}$'),
    number          int         not null check (number > 0),
    kind            text        not null check (kind in ('promote', 'rollback')),
    -- Of a rollback: the change whose shares are back.
    restores        int,
    -- [{"version": "support@2", "percent": 10}, ...]; none leaves the alias to the settings.
    shares          jsonb       not null,
    -- The version that is brought in, and what takes it out again by itself.
    version         text,
    max_error_rate  double precision check (max_error_rate between 0 and 1),
    max_p95_seconds double precision check (max_p95_seconds > 0),
    min_requests    int         not null default 20 check (min_requests > 0),
    reason          text        not null check (length(reason) between 1 and 2000),
    evidence        text,
    actor           text        not null,
    created_at      timestamptz not null,

    constraint change_once unique (project_id, alias, number),
    constraint rollback_says_to_what check ((kind = 'rollback') = (restores is not null))
);

call ops.isolate('serving.route_change');

create trigger never_changes before update on serving.route_change
    for each row execute function serving.refuse_change();

-- Which version answered, and which engines could not before.
alter table serving.begun add column model_version text;
alter table serving.completion
    add column model_version text,
    add column passed_over   text[] not null default '{}';

-- Serves the figures of a version.
create index completion_of_version on serving.completion (project_id, model_version, created_at)
    where model_version is not null;

create or replace view serving.published_completion with (security_barrier) as
    select id, project_id, key_id, api, model, engine, engine_model, prompt_version, status, failure, refused,
           question_sha256, answer_sha256, question, answer, input_tokens, output_tokens, duration_seconds, first_words_seconds,
           vector_store_ids, retrieved, citations, trace_id, created_at, cached_input_tokens, cost, currency, cited, confidence,
           support, model_version, passed_over
    from serving.completion
    where project_id = (select ops.current_project());

-- Puts back what answered before a change: 0 where nothing of the kind is there.
create function serving.restored_by(project uuid, of_alias text) returns int
    language sql stable set search_path = pg_catalog as $$
    with last_change as (
        select coalesce(restores, number) as state
        from serving.route_change
        where project_id = project and alias = of_alias
        order by number desc
        limit 1
    )
    select coalesce((
        select coalesce(before.restores, before.number)
        from serving.route_change before, last_change
        where before.project_id = project and before.alias = of_alias and before.number = last_change.state - 1), 0)
$$;

-- Takes out versions that break their limits, and puts back the last shares without them. Whatever their project. It judges the
-- newest answers: all of them would be read again and again, and a long good past would hide a bad hour. What callers, budgets
-- and dying processes cause does not count.
create function serving.roll_back_broken()
    returns table (alias text, version text, evidence text)
    language sql security definer set search_path = pg_catalog as $$
    with last_change as (
        select distinct on (c.project_id, c.alias) c.*
        from serving.route_change c
        -- One process looks at a time.
        where (select pg_try_advisory_xact_lock(hashtextextended('registry limits', 0)))
        order by c.project_id, c.alias, c.number desc
    ), judged as (
        select l.*, a.answers, a.failed, a.p95, coalesce(r.restores, r.number, 0) as to_number, r.shares as restored
        from last_change l
        cross join lateral (
            select count(*) as answers,
                   count(*) filter (where n.status = 'failed' and n.failure in (
                       'dependency_unavailable', 'upstream_rate_limited', 'overloaded', 'internal_error')) as failed,
                   percentile_cont(.95) within group (order by n.duration_seconds) as p95
            from (
                select c.status, c.failure, c.duration_seconds
                from serving.completion c
                where c.project_id = l.project_id and c.model_version = l.version and c.created_at >= l.created_at
                    and c.model = l.alias and c.status <> 'cancelled'
                order by c.created_at desc
                limit greatest(l.min_requests, 500)
            ) n
        ) a
        left join lateral (
            select b.number, b.restores, b.shares
            from serving.route_change b
            where b.project_id = l.project_id and b.alias = l.alias and b.number < l.number
                and not b.shares @> jsonb_build_array(jsonb_build_object('version', l.version))
            order by b.number desc
            limit 1
        ) r on true
        where l.kind = 'promote' and (l.max_error_rate is not null or l.max_p95_seconds is not null)
            and a.answers >= l.min_requests
            and (a.failed > l.max_error_rate * a.answers or a.p95 > l.max_p95_seconds)
    ), undone as (
        insert into serving.route_change (
            id, project_id, alias, number, kind, restores, shares, reason, evidence, actor, created_at)
        select gen_random_uuid(), j.project_id, j.alias, j.number + 1, 'rollback', j.to_number, coalesce(j.restored, '[]'),
               format('%s broke its limits', j.version),
               format('%s of %s answers failed, 95 of 100 took at most %s s', j.failed, j.answers, round(j.p95::numeric, 2)),
               'limits', now()
        from judged j
        where j.to_number > 0 or j.alias = 'default'
        on conflict do nothing
        returning route_change.alias, reason, evidence
    )
    select u.alias, u.reason, u.evidence from undone u
$$;
revoke execute on function serving.roll_back_broken from public;

-- As before, and with the version that was to answer.
create or replace function serving.close_interrupted(silent_for interval) returns bigint
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
            input_tokens, output_tokens, duration_seconds, vector_store_ids, retrieved, citations, trace_id, created_at,
            charged_tokens, charged, end_user, model_version)
        select id, project_id, key_id, api, model, engine, 'failed', 'interrupted', false, question_sha256, sha256(''),
               0, 0, greatest(0, extract(epoch from now() - created_at)), vector_store_ids, '[]', '[]', trace_id, created_at,
               charged_tokens, charged, end_user, model_version
        from taken
        where api <> 'embeddings'
        on conflict (id) do nothing
        returning 1
    ), embedded as (
        insert into serving.embedding (
            id, project_id, key_id, model, status, failure, input_tokens, cost, charged_tokens, charged, end_user,
            duration_seconds, trace_id, created_at)
        select id, project_id, key_id, model, 'failed', 'interrupted', charged_tokens, charged, charged_tokens, charged,
               end_user, greatest(0, extract(epoch from now() - created_at)), trace_id, created_at
        from taken
        where api = 'embeddings'
        on conflict (id) do nothing
        returning 1
    )
    select (select count(*) from recorded) + (select count(*) from embedded)
$$;
