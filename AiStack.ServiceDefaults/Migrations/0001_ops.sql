-- What all services share: who the current project is, how a table is isolated by it, what a service may touch,
-- and the queue of work to be done.

-- The project whose rows this session may see; null, and so no rows at all, when none was set.
create function ops.current_project() returns uuid
    language sql stable parallel safe as $$
    select nullif(current_setting('aistack.project_id', true), '')::uuid
$$;

-- Makes a table's rows visible to their project alone. The owner, which only migrates, is not bound by it.
create procedure ops.isolate(isolated regclass)
    language plpgsql as $$
begin
    execute format('alter table %s enable row level security', isolated);
    execute format(
        'create policy only_its_project on %s using (project_id = (select ops.current_project()))', isolated);
end
$$;

-- A service logs in as its own role: it reads and writes its schema and the queue, and reads what others publish.
create procedure ops.grant_service(service_schema text, role_name text, role_password text)
    language plpgsql as $$
declare
    published record;
    other record;
begin
    if not exists (select from pg_roles where rolname = role_name) then
        execute format('create role %I login nosuperuser nobypassrls', role_name);
    end if;

    -- A service without a table yet has no migration that made its schema.
    execute format('create schema if not exists %I', service_schema);
    execute format('alter role %I password %L', role_name, role_password);
    execute format('grant usage on schema ops, %I to %I', service_schema, role_name);
    execute format('grant select, insert, update, delete on all tables in schema %I to %I', service_schema, role_name);
    execute format('grant usage on all sequences in schema %I to %I', service_schema, role_name);
    execute format('grant execute on all routines in schema %I to %I', service_schema, role_name);
    execute format('grant select, insert, update, delete on ops.work_item to %I', role_name);

    -- Services migrate in any order: each grants what there is, both ways.
    for published in
        select schemaname, viewname from pg_views where viewname like 'published\_%'
    loop
        for other in select rolname from pg_roles where rolname like 'aistack\_%' loop
            execute format('grant usage on schema %I to %I', published.schemaname, other.rolname);
            execute format('grant select on %I.%I to %I', published.schemaname, published.viewname, other.rolname);
        end loop;
    end loop;
end
$$;

-- Work waiting to be done. Enqueued in the transaction that made it necessary, so there is never
-- a change without its consequence, nor a consequence without its change.
create table ops.work_item (
    id           uuid        primary key,
    project_id   uuid        not null,
    queue        text        not null,
    payload      jsonb       not null,
    state        text        not null default 'ready' check (state in ('ready', 'leased', 'parked')),
    -- How often it was leased; it fences out a worker whose lease was taken over, so it only grows.
    attempts     int         not null default 0 check (attempts >= 0),
    -- How often it failed by its own fault: an outage of a dependency does not count.
    failures     int         not null default 0 check (failures >= 0),
    -- How often a worker died, or was cut off, while it had it.
    crashes      int         not null default 0 check (crashes >= 0),
    available_at timestamptz not null default now(),
    leased_until timestamptz,
    last_error   text,
    traceparent  text,
    enqueued_at  timestamptz not null default now(),

    -- A lease has a deadline, and nothing else does.
    constraint leased_until_iff_leased check ((state = 'leased') = (leased_until is not null)),
    -- Nobody can un-park an item without knowing why it was parked.
    constraint parked_says_why check (state <> 'parked' or last_error is not null)
)
-- Rows come and go fast: without this the claim query would wade through dead ones.
with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- Serves the claim: the oldest available item of a queue.
create index work_item_claimable on ops.work_item (queue, available_at) where state = 'ready' and crashes = 0;
-- Serve the claim of what a worker died of, perhaps. There are few of both.
create index work_item_leased on ops.work_item (queue, leased_until) where state = 'leased';
create index work_item_suspect on ops.work_item (queue, crashes) where crashes > 0;
