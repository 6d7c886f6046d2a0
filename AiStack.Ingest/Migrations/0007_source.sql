-- A place that documents come from, and the store that is kept in step with it.
create table ingest.source (
    id              uuid        primary key,
    project_id      uuid        not null,
    name            text        not null check (length(name) between 1 and 200),
    kind            text        not null,
    settings        jsonb       not null,
    -- What it is reached with, sealed with a key that the database does not have; null where there is none.
    secrets         bytea,
    secret_names    text[]      not null default '{}',
    vector_store_id uuid        not null,
    -- Cron; null runs by hand alone.
    schedule        text,
    time_zone       text        not null default 'UTC',
    paused          boolean     not null default false,
    -- Why it paused itself; null when people did.
    paused_because  text,
    -- Where the last run that succeeded ended, for kinds that list changes.
    cursor          text,
    next_run_at     timestamptz,
    -- When that was worked out: later than now, the clock was set back.
    scheduled_at    timestamptz,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    updated_by      text        not null,
    -- Gone for everybody; work deletes its files, if they are to go, and then this row.
    deleted_at      timestamptz,
    keep_files      boolean     not null default false,

    constraint next_run_needs_schedule check (next_run_at is null or schedule is not null),
    constraint secrets_have_names check ((secrets is null) = (cardinality(secret_names) = 0))
);

create unique index source_name_once on ingest.source (project_id, name) where deleted_at is null;
-- Serves the list, newest first.
create index source_of_project on ingest.source (project_id, id) where deleted_at is null;
-- Serves the scheduler.
create index source_due on ingest.source (next_run_at) where next_run_at is not null and not paused;

-- One time that a source is read.
create table ingest.source_run (
    id             uuid        primary key,
    project_id     uuid        not null,
    source_id      uuid        not null references ingest.source on delete cascade,
    trigger        text        not null check (trigger in ('hand', 'schedule', 'change')),
    dry_run        boolean     not null default false,
    allow_removals boolean     not null default false,
    state          text        not null default 'running'
                               check (state in ('running', 'completed', 'failed', 'cancelled')),
    -- How often work on it was begun: it fences out a worker whose work was taken over.
    attempt        int         not null default 0,
    found          int         not null default 0,
    added          int         not null default 0,
    changed        int         not null default 0,
    renamed        int         not null default 0,
    removed        int         not null default 0,
    unchanged      int         not null default 0,
    failed         int         not null default 0,
    bytes          bigint      not null default 0,
    -- Parts of the source that could not be listed, and why.
    missed         text[]      not null default '{}',
    -- Of a dry run, the first items that would change: [{"change": "added", "id": "...", "name": "..."}].
    changes        jsonb       not null default '[]',
    error          text,
    created_at     timestamptz not null,
    started_at     timestamptz,
    finished_at    timestamptz,

    constraint finished_iff_ended check ((state = 'running') = (finished_at is null)),
    constraint failed_says_why check ((state = 'failed') = (error is not null))
);

-- A source is read by one run at a time, whoever asks.
create unique index one_run_at_a_time on ingest.source_run (source_id) where state = 'running';
-- Serves the list of a source's runs.
create index run_of_source on ingest.source_run (source_id, id);

-- A document at its source, as the last run knew it.
create table ingest.source_item (
    source_id   uuid    not null references ingest.source on delete cascade,
    -- The SHA-256 of its id, which may be longer than an index takes.
    item_key    bytea   not null check (length(item_key) = 32),
    project_id  uuid    not null,
    item_id     text    not null check (length(item_id) between 1 and 1024),
    name        text    not null,
    version     text,
    notes       text,
    url         text,
    attributes  jsonb   not null default '{}',
    -- Null: everyone who may search the store.
    principals  text[],
    -- Its file, and the bytes of that; null while there is none.
    file_id     uuid,
    sha256      bytea            check (length(sha256) = 32),
    size_bytes  bigint,
    -- What is found until the file is indexed, oldest first; then these are deleted.
    replaced    uuid[]  not null default '{}',
    -- Counts what Retrieval was told of it, so that what is told late does not count.
    told        bigint  not null default 0,
    -- Why it could not be read, or made into text.
    problem     text,
    -- Whether its version is the one with the problem: it is not read again before it changes.
    refused     boolean not null default false,
    -- The file with the problem, where that is one of text; null where it could not be read at its source.
    problem_file uuid,
    -- A new document whose bytes another one has, which may turn out to be gone: then this is its new name.
    held_type   text,
    first_run   uuid    not null,
    seen_run    uuid,
    gone_run    uuid,

    primary key (source_id, item_key),
    constraint file_has_bytes check (file_id is null or sha256 is not null)
);

-- Serves the question which of its documents a run has not seen.
create index item_by_run on ingest.source_item (source_id, seen_run);
-- Serves the search for a document that was renamed.
create index item_by_bytes on ingest.source_item (source_id, sha256);
-- Serves the pages of documents with problems.
create index item_with_problem on ingest.source_item (source_id, item_key) where problem is not null;
-- Serves what Retrieval says of a file.
create index item_by_file on ingest.source_item (file_id) where file_id is not null;
create index item_by_replaced on ingest.source_item using gin (replaced) where cardinality(replaced) > 0;
-- Serves the end of a run.
create index item_held on ingest.source_item (source_id, item_key) where held_type is not null;

-- Serves the question whether anybody still needs a blob.
create index item_held_bytes on ingest.source_item (sha256) where held_type is not null;

create or replace function ingest.blob_is_needed(blob_sha256 bytea) returns boolean
    language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from ingest.file f where f.sha256 = blob_sha256 and f.deleted_at is null)
        or exists (select from ingest.revision r where r.text_sha256 = blob_sha256)
        or exists (select from ingest.upload_part p where p.sha256 = blob_sha256)
        or exists (select from ingest.source_item i where i.sha256 = blob_sha256 and i.held_type is not null)
$$;

call ops.isolate('ingest.source');
call ops.isolate('ingest.source_run');
call ops.isolate('ingest.source_item');

-- Sources whose time has come, or whose time was worked out by a clock that was set back since; whatever their project.
create function ingest.due_sources(at timestamptz, max_rows int)
    returns table (id uuid, project_id uuid, schedule text, time_zone text, next_run_at timestamptz)
    language sql stable security definer set search_path = pg_catalog as $$
    select s.id, s.project_id, s.schedule, s.time_zone, s.next_run_at
    from ingest.source s
    where not s.paused and s.deleted_at is null and s.next_run_at is not null
      and (s.next_run_at <= at or s.scheduled_at > at + interval '1 minute')
    order by s.next_run_at
    limit max_rows
$$;
revoke execute on function ingest.due_sources from public;

-- Sources of kinds that tell of changes, whatever their project.
create function ingest.watched_sources(kinds text[])
    returns table (id uuid, project_id uuid, kind text, settings jsonb, updated_at timestamptz)
    language sql stable security definer set search_path = pg_catalog as $$
    select s.id, s.project_id, s.kind, s.settings, s.updated_at
    from ingest.source s
    where not s.paused and s.deleted_at is null and s.kind = any(kinds)
$$;
revoke execute on function ingest.watched_sources from public;
