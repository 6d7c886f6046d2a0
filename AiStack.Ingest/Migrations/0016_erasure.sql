-- A demand that something is forgotten, and how far that is. It stays when it is done, and says nothing of what was forgotten.
create table ingest.erasure (
    id           uuid        primary key,
    project_id   uuid        not null,
    -- What it is of, but for names: {"by": "source", "source_id": "src_..."}.
    criteria     jsonb       not null,
    -- Names of the person, or the end user's, sealed with a key that the database does not have; null once it is done.
    names        bytea,
    -- What stands for those names, for whoever has the key: keyed hashes.
    name_hashes  text[]      not null default '{}',
    reason       text        not null check (length(reason) between 1 and 1000),
    requested_by text        not null,
    -- Whether retention asked for it: one that found nothing leaves nothing.
    is_sweep     boolean     not null default false,
    dry_run      boolean     not null,
    status       text        not null default 'running' check (status in ('running', 'completed', 'failed')),
    -- Whose turn it is.
    turn         int         not null default 0 check (turn >= 0),
    error        text,
    created_at   timestamptz not null,
    ended_at     timestamptz,
    -- The signed receipt (JWS).
    receipt      text,

    constraint failed_says_why check ((status = 'failed') = (error is not null)),
    constraint completed_has_ended check ((status = 'completed') = (ended_at is not null)),
    constraint completed_names_nobody check (status <> 'completed' or names is null),
    constraint erased_has_receipt check ((receipt is not null) = (status = 'completed' and not dry_run))
);

-- Serves the list, newest first.
create index erasure_of_project on ingest.erasure (project_id, id);

-- What an erasure found, by ids: never a word of it.
create table ingest.erasure_item (
    erasure_id uuid   not null references ingest.erasure on delete cascade,
    project_id uuid   not null,
    kind       text   not null,
    id         text   not null,
    outcome    text   not null check (outcome in ('erased', 'held', 'remains')),
    amount     int    not null check (amount >= 0),
    number     bigint generated always as identity,

    primary key (erasure_id, kind, id)
);

-- Serves the list.
create index erasure_item_in_order on ingest.erasure_item (erasure_id, number);

-- What must not be erased, whatever else is asked for.
create table ingest.legal_hold (
    id             uuid        primary key,
    project_id     uuid        not null,
    subject        text        not null check (subject in ('file', 'source', 'store', 'end_user', 'person')),
    -- Of a file, a source or a store.
    subject_id     uuid,
    -- Of people, sealed as above; null once it is released.
    names          bytea,
    reason         text        not null check (length(reason) between 1 and 1000),
    created_by     text        not null,
    created_at     timestamptz not null,
    released_by    text,
    released_at    timestamptz,
    release_reason text        check (length(release_reason) between 1 and 1000),

    constraint things_have_an_id check ((subject_id is not null) = (subject in ('file', 'source', 'store'))),
    constraint people_have_names check (
        (names is not null) = (subject in ('end_user', 'person') and released_at is null)),
    constraint released_says_why check (
        (released_at is null) = (released_by is null) and (released_at is null) = (release_reason is null))
);

-- Serves the list, newest first.
create index legal_hold_of_project on ingest.legal_hold (project_id, id);
-- Serves deletions, which ask for it each time.
create index legal_hold_standing on ingest.legal_hold (project_id, subject) where released_at is null;

call ops.isolate('ingest.erasure');
call ops.isolate('ingest.erasure_item');
call ops.isolate('ingest.legal_hold');

-- What is being erased, for the services whose turn it is.
create view ingest.published_erasure with (security_barrier) as
    select id, project_id, criteria, names, dry_run
    from ingest.erasure
    where project_id = (select ops.current_project()) and status = 'running';

create view ingest.published_erasure_item with (security_barrier) as
    select i.erasure_id, i.project_id, i.kind, i.id, i.outcome
    from ingest.erasure_item i
    join ingest.erasure e on e.id = i.erasure_id
    where i.project_id = (select ops.current_project()) and e.status = 'running';

create view ingest.published_legal_hold with (security_barrier) as
    select id, project_id, subject, subject_id, names
    from ingest.legal_hold
    where project_id = (select ops.current_project()) and released_at is null;

-- Files that a source or a store had under a hold: they stay held when they leave it, or it goes.
create table ingest.legal_hold_file (
    hold_id    uuid not null references ingest.legal_hold on delete cascade,
    file_id    uuid not null,
    project_id uuid not null,

    primary key (file_id, hold_id)
);
call ops.isolate('ingest.legal_hold_file');

-- Notes which of these files are under a hold of their source or of a store, while they are still there.
create function ingest.note_held(files uuid[]) returns void
    language plpgsql as $$
begin
    insert into ingest.legal_hold_file (hold_id, file_id, project_id)
    select h.id, file, h.project_id
    from ingest.published_legal_hold h
    cross join unnest(files) file
    where (h.subject = 'source' and exists (
              select from ingest.source_item i
              where i.source_id = h.subject_id and (i.file_id = file or file = any(i.replaced))))
       or (h.subject = 'store' and exists (
              select from retrieval.published_store_file f
              where f.vector_store_id = h.subject_id and f.file_id = file))
    on conflict do nothing;
end
$$;

-- Whatever takes a document from its source, or puts another in its place, does so after this.
create function ingest.note_held_item() returns trigger
    language plpgsql as $$
begin
    if exists (
        select from ingest.legal_hold
        where project_id = old.project_id and released_at is null and subject in ('source', 'store'))
    then
        perform ingest.note_held(old.replaced || old.file_id);
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;
create trigger note_held before update of file_id, replaced on ingest.source_item
    for each row when (old.file_id is distinct from new.file_id or old.replaced <> new.replaced)
    execute function ingest.note_held_item();
create trigger note_held_gone before delete on ingest.source_item
    for each row execute function ingest.note_held_item();

-- What is superseded leaves its stores.
create function ingest.note_held_file() returns trigger
    language plpgsql as $$
begin
    if exists (
        select from ingest.legal_hold
        where project_id = old.project_id and released_at is null and subject in ('source', 'store'))
    then
        perform ingest.note_held(array[old.id]);
    end if;
    return new;
end
$$;
create trigger note_held before update of superseded_at on ingest.file
    for each row when (old.superseded_at is null and new.superseded_at is not null)
    execute function ingest.note_held_file();

-- Whether a file itself, its source or one of its stores is held, or was there under a hold that stands. What holds of people are
-- about is read in its words.
create function ingest.is_held(file uuid) returns boolean
    language plpgsql stable as $$
begin
    return exists (
        select from ingest.published_legal_hold h
        where (h.subject = 'file' and h.subject_id = file)
           or exists (select from ingest.legal_hold_file n where n.hold_id = h.id and n.file_id = file)
           or (h.subject = 'source' and exists (
               select from ingest.source_item i
               where i.source_id = h.subject_id and (i.file_id = file or file = any(i.replaced))))
           or (h.subject = 'store' and exists (
               select from retrieval.published_store_file f
               where f.vector_store_id = h.subject_id and f.file_id = file)));
end
$$;
