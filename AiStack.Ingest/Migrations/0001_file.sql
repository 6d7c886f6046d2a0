create schema if not exists ingest;

-- One uploaded file. Its bytes are in the blob store under their SHA-256.
create table ingest.file (
    id         uuid        primary key,
    project_id uuid        not null,
    filename   text        not null check (length(filename) between 1 and 512),
    purpose    text        not null,
    media_type text        not null,
    sha256     bytea       not null check (length(sha256) = 32),
    size_bytes bigint      not null check (size_bytes > 0),
    created_at timestamptz not null,
    -- A deleted file is gone for everybody at once; what it left behind is cleared by a work item.
    deleted_at timestamptz
);

-- Serves the list, newest first.
create index file_of_project on ingest.file (project_id, id) where deleted_at is null;
-- Serves the question whether anybody still needs a blob.
create index file_by_blob on ingest.file (sha256) where deleted_at is null;

-- What one version of the pipeline made of a file with one setting. It never changes: the same bytes and settings are the same
-- revision, however often they are asked for.
create table ingest.revision (
    id               uuid        primary key,
    project_id       uuid        not null,
    file_id          uuid        not null references ingest.file,
    pipeline         text        not null,
    max_chunk_tokens int         not null check (max_chunk_tokens > 0),
    overlap_tokens   int         not null check (overlap_tokens >= 0 and overlap_tokens <= max_chunk_tokens / 2),
    text_sha256      bytea       not null check (length(text_sha256) = 32),
    anchors          jsonb       not null,
    chunk_count      int         not null check (chunk_count > 0),
    created_at       timestamptz not null,

    constraint revision_once unique (file_id, pipeline, max_chunk_tokens, overlap_tokens)
);

-- A passage of a revision's text: text = substring of the whole from start_offset to end_offset, in UTF-16 code units.
create table ingest.chunk (
    id           uuid not null,
    project_id   uuid not null,
    revision_id  uuid not null references ingest.revision on delete cascade,
    file_id      uuid not null,
    ordinal      int  not null check (ordinal >= 0),
    text         text not null check (text <> ''),
    token_count  int  not null check (token_count > 0),
    start_offset int  not null check (start_offset >= 0),
    end_offset   int  not null,
    page         int           check (page > 0),
    heading      text,

    primary key (id),
    constraint chunk_once unique (revision_id, ordinal),
    constraint chunk_has_extent check (end_offset > start_offset)
);

call ops.isolate('ingest.file');
call ops.isolate('ingest.revision');
call ops.isolate('ingest.chunk');

create view ingest.published_file with (security_barrier) as
    select id, project_id, filename, media_type, size_bytes, sha256, created_at
    from ingest.file
    where project_id = (select ops.current_project()) and deleted_at is null;

create view ingest.published_chunk with (security_barrier) as
    select c.id, c.project_id, c.file_id, c.revision_id, c.ordinal, c.text, c.token_count, c.start_offset, c.end_offset,
           c.page, c.heading
    from ingest.chunk c
    join ingest.file f on f.id = c.file_id
    where c.project_id = (select ops.current_project()) and f.deleted_at is null;

-- A blob belongs to every project that uploaded its bytes: whether it may go is asked of all of them, and answered with yes or no.
create function ingest.blob_is_needed(blob_sha256 bytea) returns boolean
    language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from ingest.file f where f.sha256 = blob_sha256 and f.deleted_at is null)
        or exists (select from ingest.revision r where r.text_sha256 = blob_sha256)
$$;
revoke execute on function ingest.blob_is_needed from public;
