create schema if not exists retrieval;

-- A set of files that is searched together.
create table retrieval.vector_store (
    id                 uuid        primary key,
    project_id         uuid        not null,
    name               text        not null check (length(name) <= 256),
    description        text                 check (length(description) <= 512),
    metadata           jsonb       not null default '{}',
    -- Days without use after which it expires; null: never.
    expires_after_days int                  check (expires_after_days between 1 and 365),
    created_at         timestamptz not null,
    last_active_at     timestamptz not null,
    -- Counts the changes of what can be found. Bumped under this row's lock, so a reader that has seen N has seen all up to N.
    version            bigint      not null default 0
);

-- Null for a store that does not expire.
create function retrieval.expires_at(store retrieval.vector_store) returns timestamptz
    language sql stable as $$
    select store.last_active_at + make_interval(days => store.expires_after_days)
$$;

create index vector_store_of_project on retrieval.vector_store (project_id, id);

-- Files that were attached in one call.
create table retrieval.file_batch (
    id              uuid        primary key,
    project_id      uuid        not null,
    vector_store_id uuid        not null references retrieval.vector_store on delete cascade,
    created_at      timestamptz not null,
    cancelled_at    timestamptz
);

-- A file in a store, and how far it is. Detached files stay as rows for as long as readers may have them in memory.
create table retrieval.store_file (
    vector_store_id  uuid        not null references retrieval.vector_store on delete cascade,
    file_id          uuid        not null,
    project_id       uuid        not null,
    batch_id         uuid,
    state            text        not null check (state in ('in_progress', 'completed', 'failed', 'cancelled')),
    error_code       text,
    error_message    text,
    max_chunk_tokens int         not null,
    overlap_tokens   int         not null,
    attributes       jsonb       not null default '{}',
    usage_bytes      bigint      not null default 0,
    embedder         text,
    revision_id      uuid,
    created_at       timestamptz not null,
    removed_at       timestamptz,
    -- The store's version when what can be found of this file last changed.
    version          bigint      not null default 0,

    primary key (vector_store_id, file_id),
    constraint failed_says_why check ((state = 'failed') = (error_code is not null)),
    constraint completed_has_revision check (state <> 'completed' or revision_id is not null)
);

-- Serves a reader that catches up with a store.
create index store_file_by_version on retrieval.store_file (vector_store_id, version);
-- Serves the removal of a deleted file from every store.
create index store_file_by_file on retrieval.store_file (file_id);
create index store_file_by_batch on retrieval.store_file (batch_id) where batch_id is not null;

-- What search needs of a chunk: its vector (int8, times scale) and its terms (pairs of a 32-bit hash and a count).
create table retrieval.entry (
    vector_store_id uuid  not null,
    file_id         uuid  not null,
    ordinal         int   not null,
    project_id      uuid  not null,
    chunk_id        uuid  not null,
    vector          bytea not null,
    scale           real  not null,
    terms           bytea not null,
    term_count      int   not null,

    primary key (vector_store_id, file_id, ordinal),
    foreign key (vector_store_id, file_id) references retrieval.store_file on delete cascade
);

call ops.isolate('retrieval.vector_store');
call ops.isolate('retrieval.file_batch');
call ops.isolate('retrieval.store_file');
call ops.isolate('retrieval.entry');

create view retrieval.published_vector_store with (security_barrier) as
    select id, project_id, name
    from retrieval.vector_store
    where project_id = (select ops.current_project());

-- When the embedder changed, every file that another one embedded is indexed again, beside its old entries, whatever its project.
create function retrieval.enqueue_reindex(current_embedder text, queue_name text) returns bigint
    language sql security definer set search_path = pg_catalog as $$
    with stale as (
        select vector_store_id, file_id, project_id, revision_id
        from retrieval.store_file
        where state = 'completed' and removed_at is null and embedder is distinct from current_embedder
    ), added as (
        insert into ops.work_item (id, project_id, queue, payload)
        select gen_random_uuid(), project_id, queue_name, jsonb_build_object(
            'vectorStoreId', 'vs_' || replace(vector_store_id::text, '-', ''),
            'fileId', 'file-' || replace(file_id::text, '-', ''),
            'revisionId', 'rev_' || replace(revision_id::text, '-', ''))
        from stale s
        where not exists (
            select from ops.work_item w
            where w.queue = queue_name and w.state <> 'parked'
              and w.payload ->> 'fileId' = 'file-' || replace(s.file_id::text, '-', '')
              and w.payload ->> 'vectorStoreId' = 'vs_' || replace(s.vector_store_id::text, '-', ''))
        returning 1
    )
    select count(*) from added
$$;
revoke execute on function retrieval.enqueue_reindex from public;
